import { nextPodWeight } from './pod-steps.ts';

/** Verdicts that judge nobody. */
export type Unjudged = 'noData' | 'tooFewSamples' | 'error';

/** `fail`: as a breach. `hold`: the weight stays, and nothing is counted. `pass`: as a pass, with a warning each time. */
export type UnjudgedPolicy = 'fail' | 'hold' | 'pass';

/** How a run of one application goes: its times, its steps, and what an unanswered check means. */
export interface Settings {
  /** Between two steps. */
  readonly intervalMs: number;
  /** Between two checks for a bad release. */
  readonly checkIntervalMs: number;
  /** How long a ready workload settles before its traffic changes. */
  readonly settleMs: number;
  /** How long primary may take to become ready. */
  readonly deadlineMs: number;
  /** How long secondary may take, from nothing or from one step to the next. */
  readonly trialDeadlineMs: number;
  /** Between weight 0 and the removal of secondary. */
  readonly drainMs: number;
  /**
   * What shares the traffic out. With `pods` it is their number alone: secondary has traffic as soon as it has a pod that is
   * ready, and none before, and steps are counted in pods.
   */
  readonly trafficBy: 'routes' | 'pods';
  /** Percentage points that a passed check adds to secondary's weight, or percents of the pods. */
  readonly stepWeight: number;
  /** The weight whose passed check starts the promotion. */
  readonly maxWeight: number;
  /** Checks to pass without traffic before a promotion, instead of steps of weight. */
  readonly iterations?: number;
  /** Whether what was there before the application gets its traffic back when the application is deleted. */
  readonly returnsTraffic: boolean;
  /** Whether a target whose revision was rolled back gets what primary runs, so that the same change is a change again. */
  readonly restoresTarget: boolean;
  /** Between the moment at which a weight is read back and the first check of it. */
  readonly startDelayMs: number;
  /**
   * Which checks count. `last`: the one at the end of an interval, whose failure begins another interval; they are counted
   * in the whole run. `each`: every check of a step, and the next step begins to count anew.
   */
  readonly checks: 'last' | 'each';
  /** What is to be said of all this when a run begins. */
  readonly notes: readonly string[];
  /** Failed checks that fail a run. With 1 a breach counts whenever it is seen, else at the end of an interval only. */
  readonly threshold: number;
  /**
   * What a breach before the first weight means. `wait`: it can't be this revision's, so it is waited for its end.
   * `count`: somebody refused the release, which is a failed check.
   */
  readonly earlyBreach: 'wait' | 'count';
  /** How long an answer may take, at most. */
  readonly slowestAnswerMs: number;
  /** What a check means that could not judge the release. */
  readonly unjudged: Readonly<Record<Unjudged, UnjudgedPolicy>>;
}

/**
 * The weight after `step`; undefined when there is none, and a promotion follows.
 * @param replicas pods that the application has in all, where those are what steps are counted in
 */
export function nextStep(
  { stepWeight, maxWeight, trafficBy }: Settings,
  step: number,
  replicas: number,
): number | undefined {
  if (trafficBy === 'pods')
    return nextPodWeight({ stepPercent: stepWeight, breakpointPercent: maxWeight }, replicas, step);
  return step >= maxWeight ? undefined : Math.min(step + stepWeight, maxWeight);
}
