import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import type { Bench } from '../benchmark.ts';
import type { Command } from '../measure/subject-process.ts';
import type { FrameworkOptions } from './framework-options.ts';
import { CacheBench, type CacheFigures } from './measure-cache.ts';
import { measureWork, type WorkFigures } from './measure-work.ts';
import { peers, type Peer } from './peers.ts';

/** What one operator came to in one run. */
export interface PeerRun {
  /** `controller-runtime`, or `controller-runtime, consistent` for another mode than the usual one. */
  readonly peer: string;
  readonly version: string;
  readonly work?: WorkFigures;
  readonly cache?: CacheFigures;
}

/** Everything that was measured, and who could not be. */
export interface FrameworkResult {
  readonly runs: readonly PeerRun[];
  readonly skipped: Readonly<Record<string, string>>;
}

interface Ready {
  readonly peer: Peer;
  readonly command: Command;
}

/** Lets the peers do the same work, one after the other, in turn in each run, so that what drifts drifts for all. */
export async function measureFrameworks(bench: Bench, options: FrameworkOptions): Promise<FrameworkResult> {
  const { ready, skipped } = await prepared(bench, options);
  const runs: PeerRun[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    for (const { peer, command } of ready) {
      for (const mode of peer.modes) {
        const name = mode === peer.modes[0] ? peer.name : `${peer.name}, ${mode.replace('reconcile-', '')}`;
        bench.progress(`run ${run} of ${options.runs}: ${name}`);
        runs.push({ peer: name, version: peer.version, work: await measureWork(bench, command, mode, options.size) });
      }
    }
  }
  const caches = await CacheBench.start(bench, options.cachedObjects);
  try {
    for (let run = 1; run <= options.runs; run += 1) {
      for (const { peer, command } of ready.filter((each) => each.peer.hasCacheMode)) {
        bench.progress(`run ${run} of ${options.runs}: the cache of ${peer.name}`);
        runs.push({ peer: peer.name, version: peer.version, cache: await caches.measure(command) });
      }
    }
  } finally {
    await caches.stop();
  }
  return { runs, skipped };
}

async function prepared(
  { progress }: Bench,
  options: FrameworkOptions,
): Promise<{ readonly ready: readonly Ready[]; readonly skipped: Readonly<Record<string, string>> }> {
  // Users run what was built, and stripping types would be part of every figure of ours.
  progress('building this repository');
  execFileSync('npx', ['tsc', '-b'], { cwd: join(import.meta.dirname, '../../../..'), stdio: 'ignore' });
  const ready: Ready[] = [];
  const skipped: Record<string, string> = {};
  for (const peer of peers.filter(({ name }) => options.peers.includes(name))) {
    try {
      ready.push({ peer, command: await peer.prepare(progress) });
    } catch (error) {
      skipped[peer.name] = error instanceof Error ? error.message : String(error);
      progress(`${peer.name} is left out: ${skipped[peer.name]}`);
    }
  }
  return { ready, skipped };
}
