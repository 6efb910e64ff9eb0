import { Reason } from '../api/v1/reasons.ts';
import { podsAtWeight, weightOfPods } from './pod-steps.ts';
import type { Decision, Notice } from './decision.ts';
import type { Pass } from './pass.ts';

/**
 * Takes over another number of pods that somebody asks for, whatever goes on. A run keeps its share, as far as the new
 * number can show it.
 */
export function rescale(pass: Pass): Pass {
  const { status, run, observed } = pass;
  const { count, set: asked } = observed.replicas ?? {};
  if (count === undefined || asked === undefined || asked.count === count) return pass;
  const message = `${asked.count} pods in all instead of ${count}, as field manager ${asked.manager} has set the target's count`;
  const notice: Notice = { type: 'Normal', reason: Reason.Scaled, message };
  const rescaled = run && { ...run, step: weightOfPods(podsAtWeight(run.step, asked.count), asked.count) };
  return {
    ...pass,
    ...(rescaled === undefined ? {} : { run: rescaled }),
    status: { ...status, replicas: asked.count, ...(rescaled === undefined ? {} : { run: rescaled }) },
    observed: { ...observed, replicas: { count: asked.count, set: asked } },
    told: [...pass.told, notice],
  };
}

/** The decision with the number of pods that it is about. */
export function withReplicas({ observed: { replicas } }: Pass, decision: Decision): Decision {
  if (replicas === undefined || decision.intent === undefined) return decision;
  return { ...decision, intent: { ...decision.intent, replicas: replicas.count } };
}
