import { sleep } from '@canaryop/reconcile/env';

import type { Bench } from '../benchmark.ts';
import { percentile } from '../measure/percentile.ts';
import { SubjectProcess, type Command } from '../measure/subject-process.ts';
import { BenchPlane } from './bench-plane.ts';
import { requestsSince, total } from './server-requests.ts';

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

const patienceMs = 300_000;
/** What is still on its way when the last status is seen: a child's event, a retry. */
const settleMs = 2000;

/** Runs an operator on a control plane of its own: from nothing, through a change of all and single ones, to rest. */
export async function measureWork(bench: Bench, command: Command, mode: string, size: WorkSize): Promise<WorkFigures> {
  const { env, progress } = bench;
  const plane = await BenchPlane.start(env, progress);
  const { clock, timers } = env;
  let subject: SubjectProcess | undefined;
  try {
    await plane.createWidgets(size.objects);
    const atStart = await plane.requests();
    const startMs = clock.monotonic();
    subject = new SubjectProcess(command, [mode, String(size.workers)], plane.plane.adminKubeconfig);
    const running = subject;
    const done = (): Promise<void> =>
      plane.done(patienceMs, () => (running.hasExited ? `the process ended:\n${running.said}` : undefined));
    await done();
    const coldMs = clock.monotonic() - startMs;
    await sleep(timers, settleMs);
    const afterCold = await plane.requests();
    const coldCpuSeconds = subject.usage().cpuSeconds;

    const updateFromMs = clock.monotonic();
    await plane.updateWidgets(size.objects, 'all');
    await done();
    const updateMs = clock.monotonic() - updateFromMs;
    await sleep(timers, settleMs);
    const afterUpdate = await plane.requests();
    const updateCpuSeconds = subject.usage().cpuSeconds - coldCpuSeconds;

    const latencies: number[] = [];
    for (let index = 0; index < size.singles; index += 1) {
      await plane.updateWidget(index % size.objects, `single ${index}`);
      const changedMs = clock.monotonic();
      await done();
      latencies.push(clock.monotonic() - changedMs);
    }
    await sleep(timers, settleMs);
    const { peakMiB, cpuSeconds } = subject.usage();
    const beforeRest = await plane.requests();
    await sleep(timers, size.restSeconds * 1000);
    const rest = requestsSince(beforeRest, await plane.requests());
    return {
      coldMs,
      coldRequests: total(requestsSince(atStart, afterCold)),
      coldCpuSeconds,
      updateMs,
      // The user read and changed each Widget.
      updateRequests: total(requestsSince(afterCold, afterUpdate), {
        'GET widgets': size.objects,
        'PATCH widgets': size.objects,
      }),
      updateCpuSeconds,
      latencyP50Ms: percentile(latencies, 0.5),
      latencyP99Ms: percentile(latencies, 0.99),
      peakMiB,
      restRequests: total(rest),
      restCpuSeconds: subject.usage().cpuSeconds - cpuSeconds,
    };
  } finally {
    await subject?.stop();
    await plane.stop();
  }
}
