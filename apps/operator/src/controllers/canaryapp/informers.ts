import type { Informer } from '@canaryop/reconcile/cache';
import { Deployment, Pod, Service } from '@canaryop/reconcile/kinds';
import type { Manager } from '@canaryop/reconcile/manager';
import { groupResourceOf, present, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import { CanaryApp } from '../../api/v1/canaryapp.ts';
import { allClaimsOf, modeOf } from '../../modes/mode-of.ts';
import { commandField } from '../../rollout/command.ts';
import { DestinationRule, Gateway, VirtualService } from '../../traffic/istio/kinds.ts';
import { indexKey } from './index-key.ts';
import { byController, controllerKeys, withStatusOnly } from './pods.ts';

/** Everything that the controller keeps in memory. */
export interface CanaryAppInformers {
  readonly apps: Informer<CanaryApp>;
  readonly pods: Informer<Pod>;
  /** What applications are made of, the kinds that may be missing among them. */
  readonly children: readonly Informer<KubernetesObject>[];
  /** Whether a kind is kept for all applications. Any other is kept where one needs it. */
  readonly shares: (kind: ResourceKind) => boolean;
  /** The informer of a kind of children. Throws for a kind that is not declared here. */
  readonly byKind: <T extends KubernetesObject>(kind: ResourceKind<T>) => Informer<T>;
}

/** Kinds that children are of, and that every cluster serves. */
const builtInKinds: readonly ResourceKind[] = [Deployment, Service];
/** Kinds that children are of, and that a cluster may not serve. */
export const optionalKinds: readonly ResourceKind[] = [DestinationRule, Gateway, VirtualService];

/** Applications by what they claim at the ingress. */
export const byClaim = 'claim';
/** Applications by the objects of others that they read. */
export const byRead = 'read';

/** Declares what the controller reads, within the manager's namespace if it has one. */
export function declareInformers(manager: Pick<Manager, 'informer'>): CanaryAppInformers {
  const children = new Map(
    [...builtInKinds, ...optionalKinds].map((kind) => [
      groupResourceOf(kind),
      manager.informer(kind, { transform: withoutForeignDetail }),
    ]),
  );
  return {
    apps: manager.informer(CanaryApp, {
      indexes: { [byClaim]: allClaimsOf, [byRead]: readsOf },
      transform: withDefaults,
      managersOf: [commandField],
    }),
    pods: manager.informer(Pod, {
      labelSelector: 'owner=canaryop',
      indexes: { [byController]: controllerKeys },
      transform: withStatusOnly,
    }),
    children: [...children.values()],
    shares: (kind) => children.has(groupResourceOf(kind)),
    byKind: <T extends KubernetesObject>(kind: ResourceKind<T>) => {
      const informer = children.get(groupResourceOf(kind));
      if (informer === undefined) throw new Error(`${groupResourceOf(kind)} is not among the kinds of children`);
      // The key names the kind, so what is kept under it was made for T.
      return informer as Informer<T>;
    },
  };
}

/** An object that was stored before a field had its default, or under an older CRD, reads as if it had it. */
function withDefaults(app: CanaryApp): CanaryApp {
  return CanaryApp.withDefaults(app);
}

function readsOf(app: CanaryApp): readonly string[] {
  const mode = modeOf(app);
  if (!('target' in mode)) return [];
  const { namespace = '' } = app.metadata;
  return [...mode.target.reads, ...mode.router.reads].map(({ kind, name }) => indexKey(namespace, kind.kind, name));
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
