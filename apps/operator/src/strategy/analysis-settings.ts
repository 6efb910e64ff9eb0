import type { AnalysisSpec } from '../api/v1/canaryapp.ts';
import type { Settings } from '../rollout/settings.ts';

const secondMs = 1000;
/** The time limit of a metrics provider, with room; and the room alone. */
const slowestMetricMs = 10_000;
const roomMs = 5_000;

/** What spec.analysis says of how a run goes. Checks come at the end of each interval. */
export function analysisSettings(
  analysis: AnalysisSpec,
): Pick<Settings, 'intervalMs' | 'checkIntervalMs' | 'threshold' | 'earlyBreach' | 'slowestAnswerMs' | 'unjudged'> {
  const { intervalSeconds, threshold, onNoData, onTooFewSamples, onProviderError, webhooks } = analysis;
  const hookMs = webhooks.map(({ timeoutSeconds }) => timeoutSeconds * secondMs + roomMs);
  return {
    intervalMs: intervalSeconds * secondMs,
    checkIntervalMs: intervalSeconds * secondMs,
    threshold,
    earlyBreach: 'count',
    slowestAnswerMs: Math.max(slowestMetricMs, ...hookMs),
    unjudged: { noData: onNoData, tooFewSamples: onTooFewSamples, error: onProviderError },
  };
}
