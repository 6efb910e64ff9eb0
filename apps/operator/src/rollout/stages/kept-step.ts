import type { RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Notice } from '../decision.ts';
import type { Pass } from '../pass.ts';

/**
 * The weight that a run keeps while primary changes: what it had, or less when the routes were found lower or
 * secondary has no pod left to serve it. Never more.
 */
export function keptStep(pass: Pass, run: RunStatus): { readonly run: RunStatus; readonly notices: readonly Notice[] } {
  const { weight, secondary } = pass.observed;
  const servable = (secondary?.readyPods ?? 0) === 0 ? 0 : run.step;
  const step = Math.min(weight ?? 0, servable);
  if (step === run.step) return { run, notices: [] };
  const reason = servable === 0 ? Reason.CapacityLost : Reason.TrafficDrift;
  const message = `secondary keeps ${step} % instead of ${run.step} %`;
  return { run: { ...run, step }, notices: [{ type: 'Warning', reason, message }] };
}
