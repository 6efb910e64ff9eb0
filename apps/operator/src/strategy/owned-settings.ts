import type { OwnedSpec } from '../api/v1/canaryapp.ts';
import type { Settings } from '../rollout/settings.ts';

const secondMs = 1000;
const defaultCheckIntervalSeconds = 5;
/** The provider's own time limit, with room. */
const slowestAnswerMs = 10_000;

/** How an application with an image of its own is released: the spec's times, with the defaults that depend on others. */
export function ownedSettings(spec: OwnedSpec): Settings {
  const checkIntervalSeconds =
    spec.checkIntervalSeconds ?? Math.min(defaultCheckIntervalSeconds, spec.trafficShiftUpdateInterval);
  return {
    intervalMs: spec.trafficShiftUpdateInterval * secondMs,
    checkIntervalMs: checkIntervalSeconds * secondMs,
    settleMs: spec.deploymentReadyWaitTime * secondMs,
    deadlineMs: spec.progressDeadlineSeconds * secondMs,
    trialDeadlineMs: spec.progressDeadlineSeconds * secondMs,
    drainMs: spec.drainSeconds * secondMs,
    stepWeight: spec.strategy.stepWeight,
    maxWeight: spec.strategy.maxWeight,
    trafficBy: 'routes',
    restoresTarget: false,
    startDelayMs: 0,
    checks: 'last',
    notes: [],
    returnsTraffic: false,
    threshold: 1,
    earlyBreach: 'wait',
    slowestAnswerMs,
    // A query that finds nothing is a pass here, so that an error is all that can keep it from judging.
    unjudged: { noData: 'fail', tooFewSamples: 'fail', error: spec.failWhenPrometheusFails ? 'fail' : 'pass' },
  };
}
