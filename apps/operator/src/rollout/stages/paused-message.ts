import type { RunStatus } from '../../api/v1/canaryapp.ts';

/** One text for as long as a run is paused. */
export function pausedMessage(run: RunStatus): string {
  return `${run.image} keeps ${run.step} % of the traffic, because the release is paused`;
}
