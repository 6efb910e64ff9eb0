import type { Deployment } from '@canaryop/reconcile/kinds';

import { replicasAnnotation } from '../../api/v1/names.ts';
import type { Intent } from '../../rollout/decision.ts';
import type { Replicas } from '../../rollout/observed.ts';
import type { Child } from '../../rollout/write.ts';

/** The two Deployments, as they are. */
export interface Pair {
  readonly target: Deployment;
  readonly primary: Deployment | undefined;
}

type Count = NonNullable<Child['replicas']>;

/** How many pods each of the two Deployments gets. */
export interface PodCounts {
  /** How many there are in all; absent where the number of pods says nothing about traffic. */
  replicas?(pair: Pair): Replicas;
  /** What primary remembers to be asked for. */
  asked(pair: Pair, intent: Intent): number;
  primary(pair: Pair, intent: Intent): Count;
  target(pair: Pair, intent: Intent): Count;
  /** Whether it has to be known later that it was us who set the target's count. */
  readonly signs: boolean;
}

/**
 * Counts where routes share the traffic out. Primary's is its own, or its autoscaler's. The target's is, while it is
 * wanted, at least enough for the share that it may get, in proportion to primary's. It is never lowered before it is set
 * to 0, because who drains still serves. An autoscaler has it from 1 on, but for the moment at which all traffic begins to
 * come back: until it has looked, too few pods would get it.
 */
export function proportionalCounts(hasAutoscaler: boolean): PodCounts {
  const asked = ({ target, primary }: Pair): number =>
    askedCount(primary) ?? (primary?.spec?.replicas || target.spec?.replicas || 1);
  return {
    asked,
    signs: false,
    primary: (pair) => ({ count: asked(pair), isFixed: false }),
    target: ({ target, primary }, { secondary, reach, isRaised }) => {
      if (secondary === undefined) return { count: 0, isFixed: true };
      const full = primary?.spec?.replicas ?? target.spec?.replicas ?? 1;
      const needed = Math.max(1, Math.ceil((full * reach) / 100));
      const count = Math.max(needed, target.spec?.replicas ?? 1);
      return { count, isFixed: !hasAutoscaler || isRaised === true };
    },
  };
}

/** The count that primary was last asked to have; undefined where that was garbled or is not there. */
export function askedCount(primary: Deployment | undefined): number | undefined {
  const count = Number(primary?.metadata.annotations?.[replicasAnnotation]);
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}
