/**
 * The arithmetic of a release whose share of the traffic is its share of the pods. Counts are what happens; the engine
 * knows weights, which are whole percents. With at most 100 pods the two say the same, with more a weight is rounded down,
 * by less than one percent of the pods.
 */

/** How a release goes from pods to pods. */
export interface PodSteps {
  /** Percentage of the pods that each step adds. */
  readonly stepPercent: number;
  /** Percentage of the pods at which the release has been judged enough. */
  readonly breakpointPercent: number;
}

/** What that comes to with a certain number of pods. */
export interface PodCounts {
  /** Pods that each step adds. */
  readonly step: number;
  /** Pods of the revision on trial in the last step. */
  readonly breakpoint: number;
  /** Steps from none to that. */
  readonly steps: number;
}

/** Pods of both revisions together, while both have some: the only pod of an application is joined by another. */
export function podsInAll(replicas: number): number {
  return Math.max(replicas, 2);
}

/** The weight of so many pods. */
export function weightOfPods(pods: number, replicas: number): number {
  return Math.floor((100 * pods) / podsInAll(replicas));
}

/** The pods of the revision on trial at a weight. What is stable keeps one, up to the moment at which it gives all away. */
export function podsAtWeight(weight: number, replicas: number): number {
  const all = podsInAll(replicas);
  return Math.min(Math.ceil((weight * all) / 100), all - 1);
}

/** Steps in pods: rounded up, so that each is at least one pod, and the last one ends at the breakpoint. */
export function podCounts({ stepPercent, breakpointPercent }: PodSteps, replicas: number): PodCounts {
  const step = podsAtWeight(stepPercent, replicas);
  const breakpoint = podsAtWeight(breakpointPercent, replicas);
  return { step, breakpoint, steps: Math.ceil(breakpoint / step) };
}

/** The weight of the step after `weight`; undefined after the last one. */
export function nextPodWeight(steps: PodSteps, replicas: number, weight: number): number | undefined {
  const { step, breakpoint } = podCounts(steps, replicas);
  const next = weightOfPods(Math.min(podsAtWeight(weight, replicas) + step, breakpoint), replicas);
  return next > weight ? next : undefined;
}

/** Seconds for which the pods of a step are checked: time for as many failed checks as end a release. */
export function checkedSeconds(strategy: {
  readonly maxStepSeconds: number;
  readonly maxFailures: number;
  readonly checkIntervalSeconds: number;
}): number {
  const least = strategy.maxFailures * strategy.checkIntervalSeconds;
  return strategy.maxStepSeconds < least ? least + 1 : strategy.maxStepSeconds;
}
