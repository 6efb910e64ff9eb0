import type { AdoptedSpec, AnalysisSpec } from '../api/v1/canaryapp.ts';
import type { Settings } from '../rollout/settings.ts';

const secondMs = 1000;
/** Of `spec.analysis`, where that is not given. */
const defaultIntervalSeconds = 60;
const defaultThreshold = 5;
/** The time limit of a metrics provider, with room; and the room alone. */
const slowestMetricMs = 10_000;
const roomMs = 5_000;

/** How a workload that was there before is released: one check for each interval, and its traffic back on delete. */
export function adoptedSettings(spec: AdoptedSpec): Settings {
  const { analysis, strategy } = spec;
  const intervalMs = (analysis?.intervalSeconds ?? defaultIntervalSeconds) * secondMs;
  return {
    intervalMs,
    checkIntervalMs: intervalMs,
    settleMs: spec.deploymentReadyWaitTime * secondMs,
    deadlineMs: spec.progressDeadlineSeconds * secondMs,
    drainMs: spec.drainSeconds * secondMs,
    stepWeight: strategy.stepWeight,
    maxWeight: strategy.maxWeight,
    returnsTraffic: true,
    threshold: analysis?.threshold ?? defaultThreshold,
    earlyBreach: 'count',
    slowestAnswerMs: slowestAnswerMs(analysis),
    unjudged: {
      noData: analysis?.onNoData ?? 'fail',
      tooFewSamples: analysis?.onTooFewSamples ?? 'hold',
      error: analysis?.onProviderError ?? 'fail',
    },
  };
}

function slowestAnswerMs(analysis: AnalysisSpec | undefined): number {
  const hooks = (analysis?.webhooks ?? []).map(({ timeoutSeconds }) => timeoutSeconds * secondMs + roomMs);
  return Math.max(slowestMetricMs, ...hooks);
}
