import type { Comparison, FigureRow } from './figure-row.ts';

/** Rows that are compared with the same peers. */
export interface FigureTable extends Comparison {
  /** What it holds, as a heading says it. */
  readonly title: string;
  /** Those with whom ours is compared, in a phrase. */
  readonly comparedWith: string;
  readonly rows: readonly FigureRow[];
}
