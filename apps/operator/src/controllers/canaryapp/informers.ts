import type { Cache, Informer, InformerOptions } from '@canaryop/reconcile/cache';
import { Deployment, Pod, Service } from '@canaryop/reconcile/kinds';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';

import { CanaryApp } from '../../api/v1/canaryapp.ts';
import { claimsOf } from '../../traffic/claims.ts';
import { DestinationRule, Gateway, VirtualService } from '../../traffic/istio/kinds.ts';

/** The kinds that an application's children are of, those that only exist where Istio is installed last. */
export const ownedKinds = [Deployment, Service] as const;
export const istioKinds = [DestinationRule, Gateway, VirtualService] as const;

/** Everything that the controller keeps in memory. */
export interface CanaryAppInformers {
  readonly apps: Informer<CanaryApp>;
  readonly pods: Informer<Pod>;
  readonly deployments: Informer<Deployment>;
  readonly services: Informer<Service>;
  readonly destinationRules: Informer<DestinationRule>;
  readonly gateways: Informer<Gateway>;
  readonly virtualServices: Informer<VirtualService>;
}

/** Applications by what they claim at the ingress. */
export const byClaim = 'claim';
/** Pods by `namespace/app/role`. */
export const byWorkload = 'workload';

/** Declares what the controller reads. @param namespace the only one to look at; absent: all */
export function declareInformers(cache: Cache, namespace: string | undefined): CanaryAppInformers {
  const scope = namespace === undefined ? {} : { namespace };
  const owned = <T extends KubernetesObject>(kind: ResourceKind<T>): Informer<T> =>
    cache.informer(kind, { ...scope, transform: withoutForeignDetail as InformerOptions<T>['transform'] & object });
  return {
    apps: cache.informer(CanaryApp, { ...scope, indexes: { [byClaim]: claimsOf } }),
    pods: cache.informer(Pod, {
      ...scope,
      labelSelector: 'owner=canaryop',
      indexes: { [byWorkload]: workloadsOf },
      transform: withStatusOnly,
    }),
    deployments: owned(Deployment),
    services: owned(Service),
    destinationRules: owned(DestinationRule),
    gateways: owned(Gateway),
    virtualServices: owned(VirtualService),
  };
}

/** The index value of a workload's pods. */
export function workloadKey(namespace: string, app: string, role: string): string {
  return `${namespace}/${app}/${role}`;
}

function workloadsOf(pod: Pod): readonly string[] {
  const { namespace = '', labels = {} } = pod.metadata;
  const { app, service } = labels;
  return app === undefined || service === undefined ? [] : [workloadKey(namespace, app, service)];
}

/** Of an object that no CanaryApp owns only its name matters: that it is taken. */
function withoutForeignDetail(object: KubernetesObject): KubernetesObject {
  const isOurs = object.metadata.ownerReferences?.some(
    ({ controller, kind }) => controller === true && kind === CanaryApp.kind,
  );
  if (isOurs === true) return object;
  const { apiVersion, kind, metadata } = object;
  const { name, namespace, uid, resourceVersion, ownerReferences } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(ownerReferences === undefined ? {} : { ownerReferences }),
    },
  };
}

/** Of a pod only what tells whether it can start. */
function withStatusOnly({ apiVersion, kind, metadata, status = {} }: Pod): Pod {
  const { containerStatuses, initContainerStatuses } = status;
  return {
    apiVersion,
    kind,
    metadata,
    status: {
      ...(containerStatuses === undefined ? {} : { containerStatuses }),
      ...(initContainerStatuses === undefined ? {} : { initContainerStatuses }),
    },
  };
}
