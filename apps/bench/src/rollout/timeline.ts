import { percentile } from '../measure/percentile.ts';

/** What was seen of one application's release from outside, in milliseconds of one clock. */
export interface Timeline {
  /** When somebody sent the change. */
  readonly changedMs: number;
  /** The share of traffic of the new version, in percent, as the routes had it one after the other. */
  readonly weights: readonly { readonly atMs: number; readonly weight: number }[];
  /** When the routes had gone back and its operator said that it was over; absent while it is not. */
  readonly promotedMs?: number;
}

/** How traffic is to move: from `weight` to `steps` times as much. */
export interface StepPlan {
  readonly steps: number;
  readonly weight: number;
  readonly intervalMs: number;
}

/** What many releases at the same moment came to. Undefined where nobody came so far. */
export interface ReleaseTimes {
  readonly firstWeightP50Ms?: number;
  readonly firstWeightP95Ms?: number;
  readonly latenessP95Ms?: number;
  /** How many were not promoted while they were looked at. */
  readonly unfinished: number;
}

/** From the change to the first traffic; undefined when it got none. */
export function firstWeightMs({ changedMs, weights }: Timeline): number | undefined {
  const first = weights.find(({ weight }) => weight > 0);
  return first && first.atMs - changedMs;
}

/**
 * How late each step after the first was. Ideally step n comes n - 1 intervals after the first weight, whatever the
 * operator: when it begins is a figure of its own, and how its clock goes on from there is this one. A step that was
 * skipped came with the next; one that came early is not late.
 */
export function latenessMs({ weights }: Timeline, { steps, weight, intervalMs }: StepPlan): readonly number[] {
  const reached = (step: number): number | undefined => weights.find((each) => each.weight >= step * weight)?.atMs;
  const firstMs = reached(1);
  if (firstMs === undefined) return [];
  return Array.from({ length: steps - 1 }, (_, index) => index + 2).flatMap((step) => {
    const atMs = reached(step);
    return atMs === undefined ? [] : [Math.max(atMs - firstMs - (step - 1) * intervalMs, 0)];
  });
}

/** What a batch came to. */
export function releaseTimes(timelines: readonly Timeline[], plan: StepPlan): ReleaseTimes {
  const firsts = timelines.flatMap((timeline) => firstWeightMs(timeline) ?? []);
  const late = timelines.flatMap((timeline) => latenessMs(timeline, plan));
  return {
    ...(firsts.length === 0
      ? {}
      : { firstWeightP50Ms: percentile(firsts, 0.5), firstWeightP95Ms: percentile(firsts, 0.95) }),
    ...(late.length === 0 ? {} : { latenessP95Ms: percentile(late, 0.95) }),
    unfinished: timelines.filter(({ promotedMs }) => promotedMs === undefined).length,
  };
}
