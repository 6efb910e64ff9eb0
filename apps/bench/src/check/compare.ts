import type { CheckedFigure } from './checked-figures.ts';

/** How a figure stands to what it was when the baseline was made. */
export interface Comparison {
  readonly figure: string;
  readonly kind: CheckedFigure['kind'];
  readonly was?: number;
  readonly is?: number;
  /** `not measured`: in the baseline, and not here. `new`: the other way round. */
  readonly outcome: 'worse' | 'better' | 'same' | 'not measured' | 'new';
}

/** A figure is worse when it is this much of what it was, and better when it was this much of what it is. */
const fifth = 1.2;

/** Holds a measurement against a baseline, in the baseline's order. Of all figures less is better. */
export function compareFigures(
  baseline: readonly CheckedFigure[],
  measured: readonly CheckedFigure[],
): readonly Comparison[] {
  const is = new Map(measured.map((each) => [each.figure, each]));
  const known = new Set(baseline.map(({ figure }) => figure));
  return [
    ...baseline.map(({ figure, kind, value }): Comparison => {
      const found = is.get(figure);
      // A count is not held against a ratio.
      if (found?.kind !== kind) return { figure, kind, was: value, outcome: 'not measured' };
      return { figure, kind, was: value, is: found.value, outcome: outcomeOf(value, found.value) };
    }),
    ...measured
      .filter(({ figure }) => !known.has(figure))
      .map(({ figure, kind, value }): Comparison => ({ figure, kind, is: value, outcome: 'new' })),
  ];
}

function outcomeOf(was: number, is: number): Comparison['outcome'] {
  if (is > was && is >= was * fifth) return 'worse';
  if (is < was && is * fifth <= was) return 'better';
  return 'same';
}

/** Whether nothing is worse, and anything was compared at all. */
export function isPassed(comparisons: readonly Comparison[]): boolean {
  const compared = comparisons.filter(({ was, is }) => was !== undefined && is !== undefined);
  return compared.length > 0 && compared.every(({ outcome }) => outcome !== 'worse');
}

/** A line for whoever reads it. */
export function comparisonText({ figure, kind, was, is, outcome }: Comparison): string {
  const what = kind === 'ratio' ? 'ratio ' : '';
  const values = [
    ...(is === undefined ? [] : [`${what}${rounded(is)}`]),
    ...(was === undefined ? [] : [`was ${rounded(was)}`]),
  ];
  return `${outcome.padEnd(12)}  ${figure}: ${values.join(', ')}`;
}

function rounded(value: number): string {
  if (value === Infinity) return 'without end';
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
