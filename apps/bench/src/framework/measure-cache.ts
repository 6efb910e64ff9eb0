import { ConfigMap, Namespace } from '@canaryop/reconcile/kinds';
import { sleep } from '@canaryop/reconcile/env';

import type { Bench } from '../benchmark.ts';
import { SubjectProcess, type Command } from '../measure/subject-process.ts';
import { BenchPlane } from './bench-plane.ts';
import type { Outcome } from './outcome.ts';
import { paddedConfigMap } from './widget.ts';

/** What a full cache costs. */
export interface CacheFigures {
  /** From the start of the process, in milliseconds. */
  readonly syncMs: number;
  readonly residentMiB: number;
}

const patienceMs = 120_000;
/** A collector that has something to do does it in this time. */
const settleMs = 5000;

/** Many ConfigMaps of 2 KB on a real API server, for one process after another to hold in memory. */
export class CacheBench {
  readonly #bench: Bench;
  readonly #plane: BenchPlane;

  private constructor(bench: Bench, plane: BenchPlane) {
    this.#bench = bench;
    this.#plane = plane;
  }

  static async start(bench: Bench, objects: number): Promise<CacheBench> {
    const plane = await BenchPlane.start(bench.env, bench.progress);
    bench.progress(`${objects} ConfigMaps of 2 KB are made`);
    await plane.client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'cached' } });
    await plane.createAll(objects, (index) => plane.client.create(ConfigMap, paddedConfigMap(index)));
    return new CacheBench(bench, plane);
  }

  /** Runs a process until its cache is full. */
  async measure(command: Command): Promise<Outcome<CacheFigures>> {
    const { clock, timers } = this.#bench.env;
    const startMs = clock.monotonic();
    const subject = new SubjectProcess(command, ['cache', '1'], { KUBECONFIG: this.#plane.kubeconfig });
    try {
      const waited = new AbortController();
      const failure = await Promise.race([
        subject.printed('synced').then(
          () => undefined,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        ),
        sleep(timers, patienceMs, waited.signal).then(() => `it is not full after ${patienceMs / 1000} s`),
      ]);
      waited.abort();
      if (failure !== undefined) return { figures: {}, failure: `cache: ${failure}` };
      const syncMs = clock.monotonic() - startMs;
      await sleep(timers, settleMs);
      return { figures: { syncMs, residentMiB: subject.usage().residentMiB } };
    } finally {
      await subject.stop();
    }
  }

  async stop(): Promise<void> {
    await this.#plane.stop();
  }
}
