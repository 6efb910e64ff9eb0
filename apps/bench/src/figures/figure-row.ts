import { spreadOf, type Spread } from './spread.ts';

/** One row of a benchmark's table: a figure of every peer. */
export interface FigureRow {
  readonly figure: string;
  readonly unit: string;
  readonly values: Readonly<Record<string, Spread>>;
  /** How many runs of a peer did not come to this figure; only of those where it is some. */
  readonly unfinished: Readonly<Record<string, number>>;
  /** Ours to the best of those that it is compared with, of the medians; absent where one is missing, or theirs is 0. */
  readonly ratio?: number;
  /** What the ratio, or, where `isAbsolute`, our own median should at most be. */
  readonly goal?: number;
  readonly isAbsolute?: boolean;
  /** Whether it is; absent without a goal, or where there is nothing to hold against it. */
  readonly isReached?: boolean;
}

/** A figure that is taken from a run. */
export interface FigureDefinition<Run> {
  readonly figure: string;
  readonly unit: string;
  /** Nothing where the run is of something else. */
  readonly of: (run: Run) => number | 'unfinished' | undefined;
  readonly goal?: number;
  readonly isAbsolute?: true;
}

/** Who is compared with whom. */
export interface Comparison {
  readonly ours: string;
  /** Of several, each figure is held against the lowest. */
  readonly theirs: readonly string[];
}

/** What all runs came to, a row for each figure that somebody has, peers in the order in which they ran. */
export function figureRows<Run extends { readonly peer: string }>(
  runs: readonly Run[],
  definitions: readonly FigureDefinition<Run>[],
  { ours, theirs }: Comparison,
): readonly FigureRow[] {
  return definitions.flatMap(({ of, ...definition }) => {
    const { values, unfinished } = collected(runs, of);
    if (Object.keys({ ...values, ...unfinished }).length === 0) return [];
    const our = values[ours]?.median;
    const best = Math.min(...theirs.flatMap((name) => values[name]?.median ?? []));
    const ratio = our === undefined || best === 0 || best === Infinity ? undefined : our / best;
    const measured = definition.isAbsolute === true ? our : ratio;
    const isReached = reached(definition.goal, ours in unfinished ? 'unfinished' : measured);
    return [
      {
        ...definition,
        values,
        unfinished,
        ...(ratio === undefined ? {} : { ratio }),
        ...(isReached === undefined ? {} : { isReached }),
      },
    ];
  });
}

function collected<Run extends { readonly peer: string }>(
  runs: readonly Run[],
  of: FigureDefinition<Run>['of'],
): Pick<FigureRow, 'values' | 'unfinished'> {
  const values: Record<string, Spread> = {};
  const unfinished: Record<string, number> = {};
  for (const name of new Set(runs.map(({ peer }) => peer))) {
    const found = runs.filter(({ peer }) => peer === name).flatMap((run) => of(run) ?? []);
    const finished = found.filter((value) => value !== 'unfinished');
    if (finished.length > 0) values[name] = spreadOf(finished);
    if (finished.length < found.length) unfinished[name] = found.length - finished.length;
  }
  return { values, unfinished };
}

/** Who does not come to an end has not reached a goal either. */
function reached(goal: number | undefined, measured: number | 'unfinished' | undefined): boolean | undefined {
  if (goal === undefined || measured === undefined) return undefined;
  return measured !== 'unfinished' && measured <= goal;
}
