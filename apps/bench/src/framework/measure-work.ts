import { sleep } from '@canaryop/reconcile/env';

import type { Bench } from '../benchmark.ts';
import { percentile } from '../measure/percentile.ts';
import { requestsSince, total } from '../measure/server-requests.ts';
import { SubjectProcess, type Command } from '../measure/subject-process.ts';
import { BenchPlane } from './bench-plane.ts';
import type { Outcome } from './outcome.ts';

/** How much is asked of an operator. */
export interface WorkSize {
  readonly objects: number;
  readonly workers: number;
  /** Single changes, one after the other, for latencies. */
  readonly singles: number;
  readonly restSeconds: number;
}

/** What one operator took for the same work. Times in milliseconds. */
export interface WorkFigures {
  readonly coldMs: number;
  readonly coldRequests: number;
  readonly coldCpuSeconds: number;
  readonly updateMs: number;
  readonly updateRequests: number;
  readonly updateCpuSeconds: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  readonly peakMiB: number;
  readonly restRequests: number;
  readonly restCpuSeconds: number;
}

/** Long enough for whoever tries again after a minute. */
const patienceMs = 120_000;
/** What is still on its way when the last status is seen: a child's event, a retry. */
const settleMs = 2000;

/** Runs an operator on a control plane of its own: from nothing, through a change of all and single ones, to rest. */
export async function measureWork(
  bench: Bench,
  command: Command,
  mode: string,
  size: WorkSize,
): Promise<Outcome<WorkFigures>> {
  const plane = await BenchPlane.start(bench.env, bench.progress);
  const figures: { -readonly [K in keyof WorkFigures]?: WorkFigures[K] } = {};
  try {
    await plane.createWidgets(size.objects);
    const failure = await works(bench, plane, { command, mode, size }, figures);
    return { figures, ...(failure === undefined ? {} : { failure }) };
  } finally {
    await plane.stop();
  }
}

/** Fills in the figures as it comes to them. Resolves with what the operator could not do, and why. */
async function works(
  { env }: Bench,
  plane: BenchPlane,
  { command, mode, size }: { readonly command: Command; readonly mode: string; readonly size: WorkSize },
  figures: { -readonly [K in keyof WorkFigures]?: WorkFigures[K] },
): Promise<string | undefined> {
  const { clock, timers } = env;
  const atStart = await plane.requests();
  const startMs = clock.monotonic();
  const subject = new SubjectProcess(command, [mode, String(size.workers)], { KUBECONFIG: plane.kubeconfig });
  const ended = (): string | undefined => (subject.hasExited ? `the process ended: ${subject.said}` : undefined);
  const undone = (): Promise<string | undefined> => plane.undone(patienceMs, ended);
  try {
    const cold = await undone();
    if (cold !== undefined) return `cold start: ${cold}`;
    figures.coldMs = clock.monotonic() - startMs;
    await sleep(timers, settleMs);
    const afterCold = await plane.requests();
    figures.coldRequests = total(requestsSince(atStart, afterCold));
    figures.coldCpuSeconds = subject.usage().cpuSeconds;

    const askedBefore = plane.asked;
    const updateFromMs = clock.monotonic();
    await plane.updateWidgets(size.objects, 'all');
    const update = await undone();
    if (update !== undefined) return `update of all: ${update}`;
    figures.updateMs = clock.monotonic() - updateFromMs;
    await sleep(timers, settleMs);
    const ofUser = requestsSince(askedBefore, plane.asked);
    figures.updateRequests = total(requestsSince(afterCold, await plane.requests()), ofUser);
    figures.updateCpuSeconds = subject.usage().cpuSeconds - figures.coldCpuSeconds;

    const latencies: number[] = [];
    for (let index = 0; index < size.singles; index += 1) {
      await plane.updateWidget(index % size.objects, `single ${index}`);
      const changedMs = clock.monotonic();
      const single = await undone();
      if (single !== undefined) return `single change ${index + 1} of ${size.singles}: ${single}`;
      latencies.push(clock.monotonic() - changedMs);
    }
    figures.latencyP50Ms = percentile(latencies, 0.5);
    figures.latencyP99Ms = percentile(latencies, 0.99);

    await sleep(timers, settleMs);
    const { peakMiB, cpuSeconds } = subject.usage();
    figures.peakMiB = peakMiB;
    const beforeRest = await plane.requests();
    await sleep(timers, size.restSeconds * 1000);
    const rest = ended();
    if (rest !== undefined) return `at rest: ${rest}`;
    figures.restRequests = total(requestsSince(beforeRest, await plane.requests()));
    figures.restCpuSeconds = subject.usage().cpuSeconds - cpuSeconds;
    return undefined;
  } finally {
    await subject.stop();
  }
}
