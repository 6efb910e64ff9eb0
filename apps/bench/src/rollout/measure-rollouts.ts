import type { Bench } from '../benchmark.ts';
import type { RequestCounts } from '../measure/server-requests.ts';
import type { ReadyPeer } from './peer.ts';
import { RolloutPlane } from './rollout-plane.ts';
import { releaseTimes, type ReleaseTimes, type StepPlan } from './timeline.ts';

/** How much is asked of an operator. */
export interface RolloutSize {
  readonly plan: StepPlan;
  /** Whether one application is released alone first. */
  readonly hasOne: boolean;
  readonly many: number;
  /** 0: not at all. */
  readonly veryMany: number;
  readonly settleSeconds: number;
  readonly restSeconds: number;
  readonly failing: number;
}

/** What releases at the same moment came to. */
export interface BatchFigures extends ReleaseTimes {
  readonly applications: number;
  /** From the change to the last promotion, and what is tidied up in the seconds after it. */
  readonly requests: RequestCounts;
  readonly cpuSeconds: number;
  /** Of the process so far. */
  readonly peakMiB: number;
  readonly seconds: number;
}

/** What an operator did when there was nothing to do. */
export interface RestFigures {
  readonly requests: RequestCounts;
  readonly cpuSeconds: number;
}

/** What an operator came to on one control plane. */
export interface RolloutFigures {
  readonly one?: BatchFigures;
  readonly many?: BatchFigures;
  readonly rest?: RestFigures;
  /** From the first bad sample in Prometheus to weight 0, of each failing release. */
  readonly rollbackMs?: readonly number[];
  readonly veryMany?: BatchFigures;
}

/** What is measured: who is measured, in which of its modes, and how much. */
export interface RolloutTask {
  readonly peer: ReadyPeer;
  readonly mode: string;
  readonly size: RolloutSize;
}

const patienceMs = 900_000;
/** Between the releases that are to fail, so that their checks do not fall on the same moment. */
const staggerSeconds = 2;

/** Many at once on one control plane; with all that no throttle changes, one alone before them, rest and failures after. */
export async function measureMany(
  bench: Bench,
  task: RolloutTask,
  parts: { readonly hasAll: boolean },
): Promise<RolloutFigures> {
  const { size } = task;
  const apps = namesOf(size.many);
  return onPlane(bench, task, apps, async (plane) => {
    const hasOne = size.hasOne && parts.hasAll;
    const one = hasOne ? await measureOne(bench, plane, size) : {};
    const others = hasOne ? apps.slice(1) : apps;
    bench.progress(`installing ${others.length}`);
    await plane.install(others, 'app:v1', patienceMs);
    const many = await measureBatch(bench, plane, { apps, image: 'app:v3', size });
    if (!parts.hasAll) return { many };
    bench.progress(`${apps.length} at rest for ${size.restSeconds} s`);
    const rest = await measureRest(plane, size);
    bench.progress(`${size.failing} with a failing metric`);
    const rollbackMs = await measureRollbacks(plane, apps.slice(0, size.failing), size);
    return { ...one, many, rest, rollbackMs };
  });
}

async function measureOne(bench: Bench, plane: RolloutPlane, size: RolloutSize): Promise<RolloutFigures> {
  const apps = namesOf(1);
  await plane.install(apps, 'app:v1', patienceMs);
  return { one: await measureBatch(bench, plane, { apps, image: 'app:v2', size }) };
}

/** Very many at once, on a control plane of their own. */
export async function measureVeryMany(bench: Bench, task: RolloutTask): Promise<RolloutFigures> {
  const apps = namesOf(task.size.veryMany);
  return onPlane(bench, task, apps, async (plane) => {
    bench.progress(`installing ${apps.length}`);
    await plane.install(apps, 'app:v1', patienceMs);
    return { veryMany: await measureBatch(bench, plane, { apps, image: 'app:v2', size: task.size }) };
  });
}

/** The applications of a batch. */
export function namesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `app-${index}`);
}

async function onPlane(
  { env, progress }: Bench,
  { peer, mode, size }: RolloutTask,
  apps: readonly string[],
  measure: (plane: RolloutPlane) => Promise<RolloutFigures>,
): Promise<RolloutFigures> {
  const plane = await RolloutPlane.start({ env, progress, peer, mode, apps, plan: size.plan });
  try {
    return await measure(plane);
  } finally {
    await plane.stop();
  }
}

interface Batch {
  readonly apps: readonly string[];
  readonly image: string;
  readonly size: RolloutSize;
}

async function measureBatch(
  { env: { clock }, progress }: Bench,
  plane: RolloutPlane,
  { apps, image, size }: Batch,
): Promise<BatchFigures> {
  progress(`${apps.length} changed at the same moment`);
  await plane.pause(size.settleSeconds);
  await plane.requests.take();
  const before = plane.subject.usage();
  const startMs = clock.monotonic();
  await plane.release(apps, image);
  await plane.until(apps, (name) => plane.observer.isPromoted(name), patienceMs);
  const seconds = (clock.monotonic() - startMs) / 1000;
  const { cpuSeconds, peakMiB } = plane.subject.usage();
  await plane.pause(size.settleSeconds);
  const timelines = apps.map((name) => plane.observer.timeline(name));
  return {
    applications: apps.length,
    ...releaseTimes(timelines, size.plan),
    requests: await plane.requests.take(),
    cpuSeconds: cpuSeconds - before.cpuSeconds,
    peakMiB,
    seconds,
  };
}

async function measureRest(plane: RolloutPlane, { restSeconds }: RolloutSize): Promise<RestFigures> {
  await plane.requests.take();
  const before = plane.subject.usage().cpuSeconds;
  await plane.pause(restSeconds);
  return { requests: await plane.requests.take(), cpuSeconds: plane.subject.usage().cpuSeconds - before };
}

async function measureRollbacks(
  plane: RolloutPlane,
  apps: readonly string[],
  { plan }: RolloutSize,
): Promise<readonly number[]> {
  const { observer, metrics } = plane;
  for (const name of apps) {
    await plane.release([name], 'app:v4');
    await plane.pause(staggerSeconds);
  }
  const weightOf = (name: string): number => observer.timeline(name).weights.at(-1)?.weight ?? 0;
  await plane.until(apps, (name) => weightOf(name) >= plan.weight, patienceMs);
  for (const name of apps) metrics.fail(name);
  await plane.until(apps, (name) => weightOf(name) === 0, patienceMs);
  return apps.flatMap((name) => {
    const last = observer.timeline(name).weights.at(-1);
    const badMs = metrics.badSince(name);
    return last?.weight === 0 && badMs !== undefined ? [last.atMs - badMs] : [];
  });
}
