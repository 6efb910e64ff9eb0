import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import type { Bench } from '../benchmark.ts';
import type { Command } from '../measure/subject-process.ts';
import type { FrameworkOptions, Part } from './framework-options.ts';
import { CacheBench, type CacheFigures } from './measure-cache.ts';
import { measureWork, type WorkFigures } from './measure-work.ts';
import { MicroBench } from './micro/measure-micro.ts';
import type { MicroFigures } from './micro/micro-figures.ts';
import { microPeers, type MicroPeer } from './micro/micro-peers.ts';
import type { Outcome } from './outcome.ts';
import { peers } from './peers.ts';
import type { Peer } from './peers/peer.ts';
import { ours } from './summary.ts';

/** What one operator came to in one run. */
export interface PeerRun {
  /** `controller-runtime`, or `controller-runtime, consistent` for another mode than the usual one. */
  readonly peer: string;
  readonly version: string;
  readonly work?: Outcome<WorkFigures>;
  readonly cache?: Outcome<CacheFigures>;
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

/** What is done by each of those who are ready, and where it is noted who is not. */
interface Turn<P> {
  readonly ready: readonly Ready<P>[];
  readonly skipped: Record<string, string>;
  readonly measure: (one: Ready<P>) => Promise<void>;
}

/** Lets the peers do the same work, one after the other, in turn in each run, so that what drifts drifts for all. */
export async function measureFrameworks(bench: Bench, options: FrameworkOptions): Promise<FrameworkResult> {
  // Users run what was built, and stripping types would be part of every figure of ours.
  bench.progress('building this repository');
  const root = join(import.meta.dirname, '../../../..');
  execFileSync('npx', ['tsc', '-b'], { cwd: root, stdio: 'ignore' });
  execFileSync(process.execPath, [join(root, 'scripts/bundle-library.ts')], { stdio: 'ignore' });
  const skipped: Record<string, string> = {};
  const does = (part: Part): boolean => options.parts.includes(part);
  const ready = does('work') || does('cache') ? await prepared(bench, options, peers, skipped) : [];
  const runs: PeerRun[] = [];
  const modesOf = ({ modes }: { readonly modes: readonly string[] }): readonly string[] =>
    options.hasOtherModes ? modes : modes.slice(0, 1);
  if (does('micro')) {
    const small = await prepared(bench, options, microPeers, skipped);
    const micro = MicroBench.start(bench, options.microSizes);
    try {
      const measure = async ({ peer, command }: Ready<MicroPeer>): Promise<void> => {
        const besides = await peer.besides?.();
        for (const mode of modesOf(peer))
          runs.push({ ...told(peer, mode), micro: { ...(await micro.measure(command, mode)), ...besides } });
      };
      await inTurn(bench, options, { ready: small, skipped, measure });
    } finally {
      micro.stop();
    }
  }
  if (does('work')) {
    const measure = async ({ peer, command }: Ready<Peer>): Promise<void> => {
      for (const mode of modesOf(peer))
        runs.push({ ...told(peer, mode), work: await measureWork(bench, command, mode, options.size) });
    };
    await inTurn(bench, options, { ready, skipped, measure });
  }
  if (does('cache')) {
    const caches = await CacheBench.start(bench, options.cachedObjects);
    const able = ready.filter((each) => each.peer.hasCacheMode);
    try {
      const measure = async ({ peer, command }: Ready<Peer>): Promise<void> => {
        runs.push({ peer: peer.name, version: peer.version, cache: await caches.measure(command) });
      };
      await inTurn(bench, options, { ready: able, skipped, measure });
    } finally {
      await caches.stop();
    }
  }
  return { runs, skipped };
}

/** A peer that fails is left out from then on, so that the others' hour is not lost. Rejects when ours does. */
async function inTurn<P extends { readonly name: string }>(
  { progress }: Bench,
  { runs }: FrameworkOptions,
  turn: Turn<P>,
): Promise<void> {
  const { ready, skipped, measure } = turn;
  const leaveOut = (name: string, error: unknown): void => {
    if (name === ours) throw error;
    skipped[name] = error instanceof Error ? error.message : String(error);
    progress(`${name} is left out: ${skipped[name]}`);
  };
  for (let run = 1; run <= runs; run += 1) {
    for (const one of ready) {
      const { name } = one.peer;
      if (skipped[name] !== undefined) continue;
      progress(`run ${run} of ${runs}: ${name}`);
      await measure(one).catch((error: unknown) => leaveOut(name, error));
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
