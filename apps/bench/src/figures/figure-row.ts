import { spreadOf, type Spread } from './spread.ts';

/** One row of a benchmark's table: a figure of every peer. */
export interface FigureRow {
  readonly figure: string;
  readonly unit: string;
  readonly values: Readonly<Record<string, Spread>>;
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
  readonly of: (run: Run) => number | undefined;
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
  const names = [...new Set(runs.map(({ peer }) => peer))];
  return definitions.flatMap(({ of, ...definition }) => {
    const values = Object.fromEntries(
      names.flatMap((name) => {
        const found = runs.filter(({ peer }) => peer === name).flatMap((run) => of(run) ?? []);
        return found.length === 0 ? [] : [[name, spreadOf(found)] as const];
      }),
    );
    if (Object.keys(values).length === 0) return [];
    const our = values[ours]?.median;
    const best = Math.min(...theirs.flatMap((name) => values[name]?.median ?? []));
    const ratio = our === undefined || best === 0 || best === Infinity ? undefined : our / best;
    const measured = definition.isAbsolute === true ? our : ratio;
    const { goal } = definition;
    return [
      {
        ...definition,
        values,
        ...(ratio === undefined ? {} : { ratio }),
        ...(goal === undefined || measured === undefined ? {} : { isReached: measured <= goal }),
      },
    ];
  });
}
