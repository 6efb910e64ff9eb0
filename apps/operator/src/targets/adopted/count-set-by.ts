import type { Deployment } from '@canaryop/reconcile/kinds';
import { lastManagerOf } from '@canaryop/reconcile/object';

import { fieldManager } from '../../rollout/diff.ts';
import type { WorkloadFacts } from '../target.ts';

/** Whose managers tell who holds the target's count. */
export const countField = ['spec', 'replicas'] as const;

/** Who else set the target's count, where it has one and it was not us. */
export function countSetBy(target: Deployment): WorkloadFacts['countSetBy'] {
  const { name, time } = lastManagerOf(target, countField) ?? {};
  if (target.spec?.replicas === 0 || name === undefined || name === fieldManager || time === undefined)
    return undefined;
  return { manager: name, at: time };
}
