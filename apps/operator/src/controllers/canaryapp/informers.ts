import type { Informer } from '@canaryop/reconcile/cache';
import { Deployment, Pod, Service } from '@canaryop/reconcile/kinds';
import type { Manager } from '@canaryop/reconcile/manager';
import { groupResourceOf, present, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import { CanaryApp } from '../../api/v1/canaryapp.ts';
import { claimsOf } from '../../modes/mode-of.ts';
import { DestinationRule, Gateway, VirtualService } from '../../traffic/istio/kinds.ts';

/** Everything that the controller keeps in memory. */
export interface CanaryAppInformers {
  readonly apps: Informer<CanaryApp>;
  readonly pods: Informer<Pod>;
  /** What applications are made of, the kinds that may be missing among them. */
  readonly children: readonly Informer<KubernetesObject>[];
  /** The informer of a kind of children. Throws for a kind that is not declared here. */
  readonly byKind: <T extends KubernetesObject>(kind: ResourceKind<T>) => Informer<T>;
}

/** Kinds that children are of, and that every cluster serves. */
const builtInKinds: readonly ResourceKind[] = [Deployment, Service];
/** Kinds that children are of, and that a cluster may not serve. */
export const optionalKinds: readonly ResourceKind[] = [DestinationRule, Gateway, VirtualService];

/** Applications by what they claim at the ingress. */
export const byClaim = 'claim';
/** Pods by `namespace/kind/name` of the Deployment or DaemonSet that they came from. */
export const byController = 'controller';

/** Declares what the controller reads, within the manager's namespace if it has one. */
export function declareInformers(manager: Pick<Manager, 'informer'>): CanaryAppInformers {
  const children = new Map(
    [...builtInKinds, ...optionalKinds].map((kind) => [
      groupResourceOf(kind),
      manager.informer(kind, { transform: withoutForeignDetail }),
    ]),
  );
  return {
    apps: manager.informer(CanaryApp, { indexes: { [byClaim]: claimsOf } }),
    pods: manager.informer(Pod, {
      labelSelector: 'owner=canaryop',
      indexes: { [byController]: controllersOf },
      transform: withStatusOnly,
    }),
    children: [...children.values()],
    byKind: <T extends KubernetesObject>(kind: ResourceKind<T>) => {
      const informer = children.get(groupResourceOf(kind));
      if (informer === undefined) throw new Error(`${groupResourceOf(kind)} is not among the kinds of children`);
      // The key names the kind, so what is kept under it was made for T.
      return informer as Informer<T>;
    },
  };
}

/** The index value of a controller's pods. */
export function controllerKey(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}

/** A ReplicaSet is named after its Deployment and the hash of the template, which its pods carry as a label. */
function controllersOf({ metadata }: Pod): readonly string[] {
  const { namespace = '', labels = {}, ownerReferences = [] } = metadata;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner === undefined) return [];
  const hash = labels['pod-template-hash'];
  if (owner.kind !== 'ReplicaSet' || hash === undefined) return [controllerKey(namespace, owner.kind, owner.name)];
  return [controllerKey(namespace, Deployment.kind, owner.name.slice(0, -(hash.length + 1)))];
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
