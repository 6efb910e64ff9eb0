import { Deployment } from '@canaryop/reconcile/kinds';
import { lastManagerOf, present } from '@canaryop/reconcile/object';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { primaryName } from '../../api/v1/names.ts';
import type { Intent } from '../../rollout/decision.ts';
import { fieldManager } from '../../rollout/diff.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import type { Replicas } from '../../rollout/observed.ts';
import { podsAtWeight, podsInAll, weightOfPods } from '../../rollout/pod-steps.ts';
import { ownStatus } from '../../rollout/revision-record.ts';
import { countField } from './count-set-by.ts';
import { askedCount, type Pair, type PodCounts } from './pod-counts.ts';

const all = 100;

/**
 * Counts where the share of the pods is the share of the traffic. Neither side gives a pod up before the other has one
 * more that is ready, so that there are never fewer than the application has in all.
 */
export function sharedCounts(app: CanaryApp): PodCounts {
  const inAll = (pair: Pair, intent: Intent): number => intent.replicas ?? replicasOf(app, pair);
  return {
    asked: inAll,
    signs: true,
    replicas: (pair) => {
      const count = replicasOf(app, pair);
      return present({ count, set: pair.primary && countBySomebody(pair.target) });
    },
    primary: (pair, intent) => ({ count: primaryCount(pair, intent, inAll(pair, intent)), isFixed: true }),
    target: (pair, intent) => ({ count: targetCount(pair, intent, inAll(pair, intent)), isFixed: true }),
  };
}

/**
 * The share of the target: the pods that it is asked to have, as far as primary has made room for them. Primary makes room
 * when they are ready.
 */
export function podShare(app: CanaryApp, { targetRef }: AdoptedSpec, live: LiveObjects): number | 'none' {
  const target = live.get(Deployment, targetRef.name);
  const primary = live.get(Deployment, primaryName(app.metadata.name));
  if (target === undefined || primary === undefined) return 'none';
  const [tried, stable] = [countOf(target), countOf(primary)];
  if (tried === 0 || stable === 0) return tried === 0 ? 0 : all;
  const replicas = replicasOf(app, { target, primary });
  return weightOfPods(Math.max(Math.min(tried, podsInAll(replicas) - stable), 0), replicas);
}

function primaryCount({ target, primary }: Pair, intent: Intent, replicas: number): number {
  const { wanted, room } = primaryShare(intent, replicas);
  if (primary === undefined) return Math.max(wanted, 1);
  const current = countOf(primary);
  return current <= wanted ? wanted : Math.max(wanted, Math.min(current, room - readyOf(target)));
}

/** What primary should have in the end, and of how many it may give up one for each pod that is ready beside it. */
function primaryShare(
  { secondary, weight, isDoubled }: Intent,
  replicas: number,
): { readonly wanted: number; readonly room: number } {
  if (secondary === undefined || isDoubled === true || weight === 0) return { wanted: replicas, room: replicas };
  if (weight === all) return { wanted: 0, room: replicas };
  const room = podsInAll(replicas);
  return { wanted: room - podsAtWeight(weight, replicas), room };
}

function targetCount({ target, primary }: Pair, intent: Intent, replicas: number): number {
  const wanted = targetShare(intent, replicas);
  const current = countOf(target);
  if (current <= wanted) return wanted;
  const missing = primary === undefined ? replicas : replicas - readyOf(primary);
  return Math.max(wanted, Math.min(current, missing));
}

function targetShare({ secondary, weight, isDoubled }: Intent, replicas: number): number {
  if (secondary === undefined) return 0;
  if (isDoubled === true || weight === all) return replicas;
  return podsAtWeight(weight, replicas);
}

/**
 * Pods in all: as status has it, which is written before any count follows from it, or else as primary remembers it; before
 * there is either, what the target was found with.
 */
function replicasOf(app: CanaryApp, { target, primary }: Pair): number {
  const found = primary === undefined ? countOf(target) : countOf(primary);
  return ownStatus(app).replicas ?? askedCount(primary) ?? (found || 1);
}

/**
 * The target's count, if the last one to set it was not us. A count that is set through the scale subresource has no time
 * in managedFields, and none at all where nobody had it before: so ours is set on the object itself.
 */
function countBySomebody(target: Deployment): Replicas['set'] {
  const { name: manager } = lastManagerOf(target, countField) ?? {};
  const count = countOf(target);
  return manager === undefined || manager === fieldManager || count === 0 ? undefined : { count, manager };
}

function countOf({ spec }: Deployment): number {
  return spec?.replicas ?? 1;
}

/** Pods that are ready, of those that it is asked to keep. */
function readyOf({ status, spec }: Deployment): number {
  return Math.min(status?.readyReplicas ?? 0, spec?.replicas ?? 1);
}
