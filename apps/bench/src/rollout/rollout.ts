import type { Bench } from '../benchmark.ts';
import { measureBareDeployments } from './bare-deployments.ts';
import { measureMany, measureVeryMany, namesOf, type RolloutFigures, type RolloutTask } from './measure-rollouts.ts';
import type { ReadyPeer, RolloutPeer } from './peer.ts';
import { peers } from './peers.ts';
import type { RolloutOptions } from './rollout-options.ts';

/** What one operator came to on one control plane. */
export interface RolloutRun extends RolloutFigures {
  /** `flagger`, or `flagger, raised` for another mode than the usual one. */
  readonly peer: string;
  readonly version: string;
  /** At what it ended before its end, and why. */
  readonly failure?: string;
  /** How long as many Deployments took as there are applications at once, each, where there is no operator. */
  readonly bareMs?: readonly number[];
}

/** Everything that was measured, and who could not be. */
export interface RolloutResult {
  readonly runs: readonly RolloutRun[];
  readonly skipped: Readonly<Record<string, string>>;
}

interface Ready {
  readonly peer: RolloutPeer;
  readonly mode: string;
  readonly ready: ReadyPeer;
}

/** Lets the peers release the same applications, one after the other, in turn in each run, so that what drifts drifts for all. */
export async function measureRollouts(bench: Bench, options: RolloutOptions): Promise<RolloutResult> {
  const { all, skipped } = await prepared(bench, options);
  const runs: RolloutRun[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    const bare = await withoutOperator(bench, run, options);
    for (const { peer, mode, ready } of all) {
      const name = mode === 'default' ? peer.name : `${peer.name}, ${mode}`;
      const progress = (text: string): void => bench.progress(`run ${run} of ${options.runs}: ${name}: ${text}`);
      const parts = await measureAll({ ...bench, progress }, { peer: ready, mode, size: options.size });
      runs.push(...parts.map((figures) => ({ peer: name, version: peer.version, ...figures })));
    }
    runs.push(bare);
  }
  return { runs, skipped };
}

/** What Kubernetes takes for itself on this machine. */
async function withoutOperator(bench: Bench, run: number, { runs, size }: RolloutOptions): Promise<RolloutRun> {
  const progress = (text: string): void => bench.progress(`run ${run} of ${runs}: no operator: ${text}`);
  const bareMs = await measureBareDeployments({ ...bench, progress }, namesOf(size.many));
  return { peer: 'no operator', version: 'bare Deployments', bareMs };
}

async function figuresOrFailure(measured: Promise<RolloutFigures>): Promise<RolloutFigures & { failure?: string }> {
  try {
    return await measured;
  } catch (error) {
    return { failure: (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/gu, ' ').slice(-400) };
  }
}

/** What does not depend on a throttle is measured in the usual mode only, and what takes an age with one without it. */
async function measureAll(
  bench: Bench,
  task: RolloutTask,
): Promise<readonly (RolloutFigures & { failure?: string })[]> {
  const isUsual = task.mode === 'default';
  const isFastest = task.mode === Object.keys(task.peer.modes).at(-1);
  return [
    await figuresOrFailure(measureMany(bench, task, { hasAll: isUsual })),
    ...(isFastest && task.size.veryMany > 0 ? [await figuresOrFailure(measureVeryMany(bench, task))] : []),
  ];
}

async function prepared(
  { progress }: Bench,
  options: RolloutOptions,
): Promise<{ readonly all: readonly Ready[]; readonly skipped: Readonly<Record<string, string>> }> {
  const all: Ready[] = [];
  const skipped: Record<string, string> = {};
  for (const peer of peers.filter(({ name }) => options.peers.includes(name))) {
    try {
      const ready = await peer.prepare(progress);
      const modes = options.hasOtherModes ? Object.keys(ready.modes) : ['default'];
      all.push(...modes.map((mode) => ({ peer, mode, ready })));
    } catch (error) {
      skipped[peer.name] = error instanceof Error ? error.message : String(error);
      progress(`${peer.name} is left out: ${skipped[peer.name]}`);
    }
  }
  return { all, skipped };
}
