import {
  ConfigMap,
  ControllerRevision,
  Deployment,
  EndpointSlice,
  HorizontalPodAutoscaler,
  Pod,
  Service,
  Secret,
} from '@canaryop/reconcile/kinds';

import { ownedVerbs, watchedVerbs, type Permission } from '@canaryop/reconcile/rbac';

import { CanaryApp } from '../../api/v1/canaryapp.ts';
import { ScaledObject } from '../../targets/adopted/scaled-object.ts';
import { ServiceEntry } from '../../targets/service/external-name.ts';
import { DeploymentConfig } from '../../targets/canary-pod/deployment-config.ts';
import { HTTPRoute } from '../../traffic/gateway-api/kinds.ts';
import { DestinationRule, Gateway, VirtualService } from '../../traffic/istio/kinds.ts';

/**
 * What the controller of CanaryApps does, resource by resource, and all that it may do. The Role is generated from
 * this list, and tests run the operator under that Role.
 */
export const canaryAppPermissions: readonly Permission[] = [
  { resource: CanaryApp, verbs: watchedVerbs },
  // Our finalizer, on applications whose target gets its traffic back.
  { resource: CanaryApp, verbs: ['patch'] },
  { resource: CanaryApp, subresource: 'status', verbs: ['patch'] },
  // Children block their owner's deletion, and OwnerReferencesPermissionEnforcement asks this of whoever says so.
  { resource: CanaryApp, subresource: 'finalizers', verbs: ['update'] },
  // Made and removed: the one that is tried alone.
  { resource: Pod, verbs: [...watchedVerbs, 'create', 'delete'] },
  { resource: Service, verbs: ownedVerbs },
  // The secondary goes when its run ends; the primary only by garbage collection.
  { resource: Deployment, verbs: [...ownedVerbs, 'delete'] },
  // OpenShift's, where an application releases one.
  { resource: DeploymentConfig, verbs: [...watchedVerbs, 'patch'] },
  { resource: Deployment, subresource: 'scale', verbs: ['patch'] },
  // What primary of an adopted workload may have to go back to; never changed, and only while a run lasts.
  { resource: ControllerRevision, verbs: [...watchedVerbs, 'create', 'delete'] },
  // Primary's copy of what scales the target; KEDA's is paused while the target is at 0.
  { resource: HorizontalPodAutoscaler, verbs: ownedVerbs },
  { resource: ScaledObject, verbs: ownedVerbs },
  // Copies for primary; `get` reads what is copied, which no cache holds.
  { resource: ConfigMap, verbs: [...ownedVerbs, 'delete'] },
  { resource: DestinationRule, verbs: ownedVerbs },
  // The routes of an adopted workload go before it serves alone again.
  { resource: VirtualService, verbs: [...ownedVerbs, 'delete'] },
  // Where a Service of the user's leads that is released.
  { resource: EndpointSlice, verbs: watchedVerbs },
  { resource: ServiceEntry, verbs: [...ownedVerbs, 'delete'] },
  // Routes by the Gateway API, which go as Istio's do.
  { resource: HTTPRoute, verbs: [...ownedVerbs, 'delete'] },
  // Our Gateway goes when spec.service.gateways names others.
  { resource: Gateway, verbs: [...ownedVerbs, 'delete'] },
];

/**
 * What tracking Secrets asks for, in those namespaces where it is wanted: no role of the operator has it. Everything in
 * one role, so that to bind it is all that there is to do.
 */
export const secretTrackingPermissions: readonly Permission[] = [
  { resource: Secret, verbs: [...ownedVerbs, 'delete'] },
];
