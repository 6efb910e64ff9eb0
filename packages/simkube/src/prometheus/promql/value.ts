import type { Labels } from '../labels.ts';
import type { Point } from '../tsdb/series.ts';
import { QueryError } from './query-error.ts';

/** One series of an instant vector. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** When it was scraped; only on what a selector itself returns. */
  readonly sampledMs?: number;
}

/** One series of a range vector. */
export interface RangeSeries {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

/** An instant vector at one time. */
export interface InstantVector {
  readonly type: 'instant vector';
  readonly samples: readonly Sample[];
}

/** A range vector, and the closed interval that it covers, whether or not samples reach its ends. */
export interface RangeVector {
  readonly type: 'range vector';
  readonly series: readonly RangeSeries[];
  readonly startMs: number;
  readonly endMs: number;
}

/** What an expression is at one time. */
export type Value =
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | InstantVector
  | RangeVector;

/** A scalar value. */
export function scalar(value: number): Value {
  return { type: 'scalar', value };
}

/** An instant vector. */
export function instantVector(samples: readonly Sample[]): InstantVector {
  return { type: 'instant vector', samples };
}

/** An instant vector whose label sets must differ. Computed series lose their name, so two can become one. */
export function distinctVector(samples: readonly Sample[]): InstantVector {
  const keys = new Set(samples.map((sample) => sample.labels.key));
  if (keys.size < samples.length) throw sameLabelset();
  return instantVector(samples);
}

/** Two results would be the same series. */
export function sameLabelset(): QueryError {
  return new QueryError('execution', 'vector cannot contain metrics with the same labelset');
}

/** The number in a value whose type was checked. */
export function numberOf(value: Value | undefined): number {
  return value?.type === 'scalar' ? value.value : Number.NaN;
}

/** The text in a value whose type was checked. */
export function textOf(value: Value | undefined): string {
  return value?.type === 'string' ? value.value : '';
}

/** The samples in a value whose type was checked. */
export function samplesOf(value: Value | undefined): readonly Sample[] {
  return value?.type === 'instant vector' ? value.samples : [];
}
