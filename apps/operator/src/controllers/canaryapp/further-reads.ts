import type { Lister } from '@canaryop/reconcile/cache';
import { groupResourceOf, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { modeOf } from '../../modes/mode-of.ts';
import type { ObjectRef } from '../../rollout/live-objects.ts';
import type { Sight } from '../../targets/target.ts';
import { unneededKinds, type ConfigTracking } from './config-tracking.ts';
import type { Neighbours } from './neighbours.ts';

/** What an application reads of others beside what its spec names, from what is in memory. */
export function furtherReadsOf(neighbours: Neighbours, app: CanaryApp): readonly ObjectRef[] {
  const { namespace = '' } = app.metadata;
  const mode = modeOf(app);
  if (!('target' in mode) || mode.target.furtherReads === undefined) return [];
  return mode.target.furtherReads({
    get: (kind, name) => neighbours.informer(kind, namespace).lister.get({ namespace, name }),
  });
}

/** The sight with the digests of those kinds that the target refers to; of a kind that can't be read there is nothing. */
export function withConfigs(
  configs: ConfigTracking,
  sight: Sight,
  refs: readonly ObjectRef[],
  namespace: string,
): Sight | 'loading' {
  const kinds = new Map(refs.map(({ kind }) => [groupResourceOf(kind), kind]));
  const digests = new Map([...kinds].map(([key, kind]) => [key, configs.in(namespace, kind)]));
  if ([...digests.values()].includes('loading')) return 'loading';
  const listerOf = <T extends KubernetesObject>(kind: ResourceKind<T>): Lister<T> | undefined => {
    const readable = digests.get(groupResourceOf(kind));
    return typeof readable === 'object' ? (readable.lister as unknown as Lister<T>) : undefined;
  };
  const isDigest = (kind: ResourceKind): boolean =>
    unneededKinds.some((other) => groupResourceOf(other) === groupResourceOf(kind));
  return {
    ...sight,
    get: (kind, name) => (isDigest(kind) ? listerOf(kind)?.get({ namespace, name }) : sight.get(kind, name)),
    ownedBy: (kind, uid) => listerOf(kind)?.ownedBy(uid) ?? [],
    canRead: (kind) => listerOf(kind) !== undefined,
  };
}
