import type { Comparison, FigureRow } from '../figures/figure-row.ts';
import type { FigureTable } from '../figures/figure-table.ts';

/** A figure that says the same on another machine: a ratio to a peer of the same run, or a count. */
export interface CheckedFigure {
  /** Of what it was measured. */
  readonly part: string;
  readonly figure: string;
  readonly kind: 'ratio' | 'count';
  readonly value: number;
}

/** Units of what is counted, and so the same wherever it is measured. */
const countUnits = ['', 'bytes'];

/** What moves by more than a fifth from one run to the next, with the same code. */
const unsteady = ['latency, 99th percentile', 'CPU at rest'];

/**
 * Of all rows those that can be compared with another measurement. Times, CPU and memory are ratios of the least of all
 * runs of each side, because what else a machine does only ever adds to them; counts are medians, and so is memory that
 * nobody else has. What ours did not
 * come to in some run is without end.
 */
export function checkedFigures(part: string, tables: readonly FigureTable[]): readonly CheckedFigure[] {
  return tables.flatMap((table) =>
    table.rows
      .filter(({ figure }) => !unsteady.includes(figure))
      .flatMap((row) => {
        const found = valueOf(row, table);
        return found === undefined ? [] : [{ part, figure: row.figure, ...found }];
      }),
  );
}

function valueOf(row: FigureRow, table: FigureTable): Pick<CheckedFigure, 'kind' | 'value'> | undefined {
  const ratio = countUnits.includes(row.unit) ? undefined : ratioOf(row, table);
  if (ratio !== undefined) return { kind: 'ratio', value: ratio };
  const count = [...countUnits, 'MiB'].includes(row.unit) ? countOf(row, table) : undefined;
  return count === undefined ? undefined : { kind: 'count', value: count };
}

function countOf({ values, unfinished }: FigureRow, { ours }: Comparison): number | undefined {
  return ours in unfinished ? Infinity : values[ours]?.median;
}

function ratioOf({ values, unfinished }: FigureRow, { ours, theirs }: Comparison): number | undefined {
  const least = Math.min(...theirs.flatMap((name) => values[name]?.minimum ?? []));
  if (least === 0 || least === Infinity) return undefined;
  const our = ours in unfinished ? Infinity : values[ours]?.minimum;
  return our === undefined ? undefined : our / least;
}
