import { formatTime } from '@canaryop/reconcile/env';
import type { Condition } from '@canaryop/reconcile/object';

import type { Reason } from '../api/v1/reasons.ts';
import type { Remembering } from './conclude.ts';

/**
 * kstatus's three ends: `done` (Ready), `working` (Reconciling, Ready not known yet), `stuck` (Stalled, not Ready).
 * Abnormal conditions are absent when they do not hold, as kstatus wants them.
 */
export type Progress = 'done' | 'working' | 'stuck';

const readyStatus = { done: 'True', working: 'Unknown', stuck: 'False' } as const;

/** The conditions of a conclusion. A transition time changes only with the status that it belongs to. */
export function conditionsFor(
  pass: Remembering,
  state: { readonly progress: Progress; readonly reason: Reason; readonly message: string },
): readonly Condition[] {
  const abnormal = { done: [], working: ['Reconciling'], stuck: ['Stalled'] }[state.progress];
  const wanted = [
    { ...state, type: 'Ready', status: readyStatus[state.progress] },
    ...abnormal.map((type) => ({ ...state, type, status: 'True' as const })),
    ...(pass.observed?.remarks ?? []).map((remark) => ({ ...remark, status: 'False' as const })),
  ];
  return wanted.map(({ type, status, reason, message }) => {
    const before = pass.status.conditions?.find((condition) => condition.type === type);
    return {
      type,
      status,
      reason,
      message,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : formatTime(pass.now),
      ...(pass.app.metadata.generation === undefined ? {} : { observedGeneration: pass.app.metadata.generation }),
    };
  });
}
