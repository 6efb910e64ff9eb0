import type { OwnedSpec } from '../api/v1/canaryapp.ts';

const secondMs = 1000;
const defaultCheckIntervalSeconds = 5;

/** The spec's times in milliseconds, with the defaults that depend on other fields. */
export interface Settings {
  readonly intervalMs: number;
  readonly checkIntervalMs: number;
  readonly settleMs: number;
  readonly deadlineMs: number;
  readonly drainMs: number;
}

export function settingsOf(spec: OwnedSpec): Settings {
  const checkIntervalSeconds =
    spec.checkIntervalSeconds ?? Math.min(defaultCheckIntervalSeconds, spec.trafficShiftUpdateInterval);
  return {
    intervalMs: spec.trafficShiftUpdateInterval * secondMs,
    checkIntervalMs: checkIntervalSeconds * secondMs,
    settleMs: spec.deploymentReadyWaitTime * secondMs,
    deadlineMs: spec.progressDeadlineSeconds * secondMs,
    drainMs: spec.drainSeconds * secondMs,
  };
}
