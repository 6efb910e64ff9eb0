import type { Endpoint, EndpointPort, EndpointSlice } from '../../kinds/discovery-v1.ts';
import { serviceNameLabel } from '../../kinds/discovery-v1.ts';
import type { Pod, Service, ServicePort } from '../../kinds/core-v1.ts';
import { isPodReady } from '../pod-readiness.ts';
import { canonicalJson, hashName } from '../safe-name.ts';

/** Label and value that mark the slices of this controller. */
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const managedBy = 'endpointslice-controller.k8s.io';

/**
 * The slices of a Service: one for each distinct set of resolved ports, because a named targetPort may mean another
 * number in each pod. The name follows from Service and ports, so the same state is always the same objects.
 */
export function endpointSlicesOf(service: Service, pods: readonly Pod[]): readonly EndpointSlice[] {
  const groups = new Map<string, { ports: readonly EndpointPort[]; endpoints: Endpoint[] }>();
  for (const pod of pods) {
    if (!isEndpoint(service, pod)) continue;
    const ports = (service.spec.ports ?? []).map((port) => resolvePort(port, pod)).filter((port) => port !== undefined);
    const key = canonicalJson(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(service, pod));
    groups.set(key, group);
  }
  return [...groups].map(([key, group]) => sliceOf(service, hashName(key).slice(0, 5), group));
}

/** Whether the Service's selector, which must not be empty, selects the labels. */
export function selects(service: Service, labels: Readonly<Record<string, string>> | undefined): boolean {
  const selector = Object.entries(service.spec.selector ?? {});
  return selector.length > 0 && selector.every(([key, value]) => labels?.[key] === value);
}

function isEndpoint(service: Service, pod: Pod): boolean {
  const phase = pod.status?.phase;
  return (
    phase !== 'Succeeded' &&
    phase !== 'Failed' &&
    pod.status?.podIP !== undefined &&
    selects(service, pod.metadata.labels)
  );
}

function endpointOf(service: Service, pod: Pod): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = service.spec.publishNotReadyAddresses === true || isPodReady(pod);
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: serving && !terminating, serving, terminating },
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: {
      kind: 'Pod',
      namespace: pod.metadata.namespace ?? '',
      name: pod.metadata.name,
      uid: pod.metadata.uid ?? '',
    },
  };
}

/** Undefined when a named targetPort has no container port of that name. */
function resolvePort(port: ServicePort, pod: Pod): EndpointPort | undefined {
  const target = port.targetPort ?? port.port;
  const number =
    typeof target === 'number'
      ? target
      : pod.spec.containers.flatMap((each) => each.ports ?? []).find((each) => each.name === target)?.containerPort;
  if (number === undefined) return undefined;
  return { name: port.name ?? '', port: number === 0 ? port.port : number, protocol: port.protocol ?? 'TCP' };
}

function sliceOf(
  service: Service,
  suffix: string,
  group: { readonly ports: readonly EndpointPort[]; readonly endpoints: readonly Endpoint[] },
): EndpointSlice {
  const { name, namespace, uid = '', labels } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${suffix}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, [serviceNameLabel]: name, [managedByLabel]: managedBy },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    addressType: 'IPv4',
    endpoints: group.endpoints,
    ports: group.ports,
  };
}
