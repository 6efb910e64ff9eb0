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
  /** How long a workload may take to become ready. */
  readonly deadlineMs: number;
  /** Between weight 0 and the removal of secondary. */
  readonly drainMs: number;
  /** Percentage points that a passed check adds to secondary's weight. */
  readonly stepWeight: number;
  /** The weight whose passed check starts the promotion. */
  readonly maxWeight: number;
  /** Checks to pass without traffic before a promotion, instead of steps of weight. */
  readonly iterations?: number;
  /** Whether what was there before the application gets its traffic back when the application is deleted. */
  readonly returnsTraffic: boolean;
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

/** The weight after `step`; undefined when there is none, and a promotion follows. */
export function nextStep({ stepWeight, maxWeight }: Settings, step: number): number | undefined {
  return step >= maxWeight ? undefined : Math.min(step + stepWeight, maxWeight);
}
