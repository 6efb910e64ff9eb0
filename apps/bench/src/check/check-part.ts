import { findPrograms } from '@canaryop/testkit/control-plane';

import type { Bench } from '../benchmark.ts';
import type { FigureTable } from '../figures/figure-table.ts';
import { frameworkOptions, type Part } from '../framework/framework-options.ts';
import { measureFrameworks, type PeerRun } from '../framework/framework.ts';
import { summarize as summarizeWork } from '../framework/summary.ts';
import { rolloutOptions } from '../rollout/rollout-options.ts';
import { measureRollouts, type RolloutRun } from '../rollout/rollout.ts';
import { summarize as summarizeReleases } from '../rollout/summary.ts';
import { checkedFigures, type CheckedFigure } from './checked-figures.ts';

/** Something that is measured by itself, and again when it looks worse. All runs count. */
export interface CheckPart {
  readonly name: string;
  readonly figures: readonly CheckedFigure[];
  /** Why it cannot be measured on this machine; undefined where it can. */
  unavailable(): Promise<string | undefined>;
  /** Measures as many runs again. Rejects when ours fails. */
  more(): Promise<void>;
}

/** Objects of the work: as few as a change shows in. */
const objects = 500;

/** All that is checked, the cheapest first. */
export const checkedParts = ['micro', 'cache', 'work', 'rollout'] as const;

/** The name of something that is checked. */
export type CheckedPart = (typeof checkedParts)[number];

/** Parts by their names. @param runs how often each is measured at a time; releases are, once, whatever is said */
export function checkParts(bench: Bench, names: readonly CheckedPart[], runs: number): readonly CheckPart[] {
  return names.map((name) => (name === 'rollout' ? rolloutPart(bench) : frameworkPart(bench, runs, name)));
}

/** Ours and one peer of the same run, at a small size. */
function frameworkPart(bench: Bench, runs: number, name: Part): CheckPart {
  const peers = ['reconcile', 'controller-runtime', 'client-go'];
  const options = frameworkOptions({ quick: true, runs, peers, parts: [name] });
  return part<PeerRun>(name, {
    measure: () => measureFrameworks(bench, { ...options, hasOtherModes: false, size: { ...options.size, objects } }),
    tables: (all) => summarizeWork({ runs: all, skipped: {} }),
  });
}

/** Ours alone, once: of it only counts can be compared. */
function rolloutPart(bench: Bench): CheckPart {
  const options = rolloutOptions({ quick: true, peers: ['operator'] });
  return part<RolloutRun>('rollout', {
    measure: async () => {
      const result = await measureRollouts(bench, options);
      const failure = result.runs.find((run) => run.failure !== undefined)?.failure;
      if (failure !== undefined) throw new Error(`the operator failed: ${failure}`);
      return result;
    },
    tables: (all) => summarizeReleases({ runs: all, skipped: {} }, options.size),
  });
}

interface Measuring<Run> {
  readonly measure: () => Promise<{ readonly runs: readonly Run[] }>;
  readonly tables: (runs: readonly Run[]) => readonly FigureTable[];
}

function part<Run>(name: string, { measure, tables }: Measuring<Run>): CheckPart {
  const all: Run[] = [];
  return {
    name,
    get figures() {
      return checkedFigures(name, tables(all));
    },
    unavailable: () => (name === 'micro' ? Promise.resolve(undefined) : missingControlPlane()),
    more: async () => {
      all.push(...(await measure()).runs);
    },
  };
}

async function missingControlPlane(): Promise<string | undefined> {
  try {
    await findPrograms(['etcd', 'kube-apiserver']);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
