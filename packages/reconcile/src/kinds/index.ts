/** Built-in kinds that operators use most, with types that are true to the JSON on the wire. */
export { ControllerRevision, Deployment } from './apps-v1.ts';
export { HorizontalPodAutoscaler } from './autoscaling-v2.ts';
export { EndpointSlice } from './discovery-v1.ts';
export { ConfigMap, Namespace, Pod, Secret, Service } from './core-v1.ts';
