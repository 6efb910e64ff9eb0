import type { FrameworkResult, PeerRun } from './framework.ts';
import { spreadOf, type Spread } from './spread.ts';

/** One row of the table: a figure of every peer. */
export interface FigureRow {
  readonly figure: string;
  readonly unit: string;
  readonly values: Readonly<Record<string, Spread>>;
  /** Ours to controller-runtime's, of the medians; absent where one is missing, or theirs is nothing. */
  readonly ratio?: number;
  /** What the ratio, or, where `isAbsolute`, our own median should at most be. */
  readonly goal?: number;
  readonly isAbsolute?: boolean;
}

interface FigureDefinition {
  readonly figure: string;
  readonly unit: string;
  readonly of: (run: PeerRun) => number | undefined;
  readonly goal?: number;
  readonly isAbsolute?: true;
}

const figures: readonly FigureDefinition[] = [
  { figure: 'cold start', unit: 'ms', of: ({ work }) => work?.coldMs, goal: 0.65 },
  { figure: 'requests of a cold start', unit: '', of: ({ work }) => work?.coldRequests },
  { figure: 'CPU of a cold start', unit: 's', of: ({ work }) => work?.coldCpuSeconds, goal: 1 },
  { figure: 'update of all', unit: 'ms', of: ({ work }) => work?.updateMs, goal: 0.8 },
  { figure: 'requests of an update of all', unit: '', of: ({ work }) => work?.updateRequests },
  { figure: 'CPU of an update of all', unit: 's', of: ({ work }) => work?.updateCpuSeconds, goal: 1 },
  { figure: 'latency, median', unit: 'ms', of: ({ work }) => work?.latencyP50Ms, goal: 1 },
  { figure: 'latency, 99th percentile', unit: 'ms', of: ({ work }) => work?.latencyP99Ms, goal: 1 },
  { figure: 'peak memory', unit: 'MiB', of: ({ work }) => work?.peakMiB, goal: 100, isAbsolute: true },
  { figure: 'requests at rest', unit: '', of: ({ work }) => work?.restRequests, goal: 0, isAbsolute: true },
  { figure: 'CPU at rest', unit: 's', of: ({ work }) => work?.restCpuSeconds, goal: 0.05, isAbsolute: true },
  { figure: 'cache filled', unit: 'ms', of: ({ cache }) => cache?.syncMs, goal: 1 },
  { figure: 'memory with a full cache', unit: 'MiB', of: ({ cache }) => cache?.residentMiB, goal: 0.85 },
];

/** The peer to which ours is compared. */
export const reference = 'controller-runtime';

/** What all runs came to, a row for each figure, peers in the order in which they ran. */
export function summarize({ runs }: FrameworkResult): readonly FigureRow[] {
  const names = [...new Set(runs.map(({ peer }) => peer))];
  return figures.flatMap(({ figure, unit, of, goal, isAbsolute }) => {
    const values = Object.fromEntries(
      names.flatMap((name) => {
        const found = runs.filter(({ peer }) => peer === name).flatMap((run) => of(run) ?? []);
        return found.length === 0 ? [] : [[name, spreadOf(found)] as const];
      }),
    );
    if (Object.keys(values).length === 0) return [];
    const ours = values['reconcile']?.median;
    const theirs = values[reference]?.median;
    const ratio = ours === undefined || theirs === undefined || theirs === 0 ? undefined : ours / theirs;
    return [
      {
        figure,
        unit,
        values,
        ...(ratio === undefined ? {} : { ratio }),
        ...(goal === undefined ? {} : { goal }),
        ...(isAbsolute === undefined ? {} : { isAbsolute }),
      },
    ];
  });
}

/** Whether a row reaches its goal; undefined where it has none, or there is nothing to hold against it. */
export function isReached({ goal, isAbsolute, ratio, values }: FigureRow): boolean | undefined {
  const measured = isAbsolute === true ? values['reconcile']?.median : ratio;
  return goal === undefined || measured === undefined ? undefined : measured <= goal;
}
