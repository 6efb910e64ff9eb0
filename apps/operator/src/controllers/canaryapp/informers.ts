import type { Informer } from '@canaryop/reconcile/cache';
import { Deployment, Pod, Service } from '@canaryop/reconcile/kinds';
import type { Manager } from '@canaryop/reconcile/manager';
import { present, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import { CanaryApp } from '../../api/v1/canaryapp.ts';
import { claimsOf } from '../../traffic/claims.ts';
import { DestinationRule, Gateway, VirtualService } from '../../traffic/istio/kinds.ts';

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

/** Declares what the controller reads, within the manager's namespace if it has one. */
export function declareInformers(manager: Pick<Manager, 'informer'>): CanaryAppInformers {
  const owned = <T extends KubernetesObject>(kind: ResourceKind<T>): Informer<T> =>
    manager.informer(kind, { transform: withoutForeignDetail });
  return {
    apps: manager.informer(CanaryApp, { indexes: { [byClaim]: claimsOf } }),
    pods: manager.informer(Pod, {
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
function withoutForeignDetail<T extends KubernetesObject>(object: T): T {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace, uid, resourceVersion, ownerReferences } = metadata;
  const isOurs = ownerReferences?.some((owner) => owner.controller === true && owner.kind === CanaryApp.kind);
  if (isOurs === true) return object;
  return {
    apiVersion,
    kind,
    metadata: present({ name, namespace, uid, resourceVersion, ownerReferences }),
  } as unknown as T;
}

/** Of a pod only what tells whether it can start. */
function withStatusOnly({ apiVersion, kind, metadata, status = {} }: Pod): Pod {
  const { containerStatuses, initContainerStatuses } = status;
  return { apiVersion, kind, metadata, status: present({ containerStatuses, initContainerStatuses }) };
}
