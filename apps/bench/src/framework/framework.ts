import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import type { Bench } from '../benchmark.ts';
import type { Command } from '../measure/subject-process.ts';
import type { FrameworkOptions, Part } from './framework-options.ts';
import { CacheBench, type CacheFigures } from './measure-cache.ts';
import { measureWork, type WorkFigures } from './measure-work.ts';
import { MicroBench } from './micro/measure-micro.ts';
import type { MicroFigures } from './micro/micro-figures.ts';
import { microPeers } from './micro/micro-peers.ts';
import { peers } from './peers.ts';

/** What one operator came to in one run. */
export interface PeerRun {
  /** `controller-runtime`, or `controller-runtime, consistent` for another mode than the usual one. */
  readonly peer: string;
  readonly version: string;
  readonly work?: WorkFigures;
  readonly cache?: CacheFigures;
  readonly micro?: MicroFigures;
}

/** Everything that was measured, and who could not be. */
export interface FrameworkResult {
  readonly runs: readonly PeerRun[];
  readonly skipped: Readonly<Record<string, string>>;
}

/** Somebody who can be made ready to be measured. */
interface Preparable {
  readonly name: string;
  prepare(progress: (line: string) => void): Promise<Command>;
}

interface Ready<P> {
  readonly peer: P;
  readonly command: Command;
}

/** Lets the peers do the same work, one after the other, in turn in each run, so that what drifts drifts for all. */
export async function measureFrameworks(bench: Bench, options: FrameworkOptions): Promise<FrameworkResult> {
  // Users run what was built, and stripping types would be part of every figure of ours.
  bench.progress('building this repository');
  execFileSync('npx', ['tsc', '-b'], { cwd: join(import.meta.dirname, '../../../..'), stdio: 'ignore' });
  const skipped: Record<string, string> = {};
  const does = (part: Part): boolean => options.parts.includes(part);
  const ready = does('work') || does('cache') ? await prepared(bench, options, peers, skipped) : [];
  const runs: PeerRun[] = [];
  if (does('micro')) {
    const small = await prepared(bench, options, microPeers, skipped);
    const micro = MicroBench.start(bench, options.microSizes);
    try {
      await inTurn(bench, options, small, async ({ peer, command }) => {
        for (const mode of peer.modes) runs.push({ ...told(peer, mode), micro: await micro.measure(command, mode) });
      });
    } finally {
      micro.stop();
    }
  }
  if (does('work')) {
    await inTurn(bench, options, ready, async ({ peer, command }) => {
      for (const mode of peer.modes)
        runs.push({ ...told(peer, mode), work: await measureWork(bench, command, mode, options.size) });
    });
  }
  if (does('cache')) {
    const caches = await CacheBench.start(bench, options.cachedObjects);
    const able = ready.filter((each) => each.peer.hasCacheMode);
    try {
      await inTurn(bench, options, able, async ({ peer, command }) => {
        runs.push({ peer: peer.name, version: peer.version, cache: await caches.measure(command) });
      });
    } finally {
      await caches.stop();
    }
  }
  return { runs, skipped };
}

async function inTurn<P extends { readonly name: string }>(
  { progress }: Bench,
  options: FrameworkOptions,
  ready: readonly Ready<P>[],
  measure: (one: Ready<P>) => Promise<void>,
): Promise<void> {
  for (let run = 1; run <= options.runs; run += 1) {
    for (const one of ready) {
      progress(`run ${run} of ${options.runs}: ${one.peer.name}`);
      await measure(one);
    }
  }
}

function told(
  peer: { readonly name: string; readonly version: string; readonly modes: readonly string[] },
  mode: string,
) {
  const name = mode === peer.modes[0] ? peer.name : `${peer.name}, ${mode.replace('reconcile-', '')}`;
  return { peer: name, version: peer.version };
}

async function prepared<P extends Preparable>(
  { progress }: Bench,
  options: FrameworkOptions,
  all: readonly P[],
  skipped: Record<string, string>,
): Promise<readonly Ready<P>[]> {
  const ready: Ready<P>[] = [];
  for (const peer of all.filter(({ name }) => options.peers.includes(name))) {
    try {
      ready.push({ peer, command: await peer.prepare(progress) });
    } catch (error) {
      skipped[peer.name] = error instanceof Error ? error.message : String(error);
      progress(`${peer.name} is left out: ${skipped[peer.name]}`);
    }
  }
  return ready;
}
