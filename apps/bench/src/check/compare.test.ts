import { describe, expect, it } from 'vitest';

import type { FigureRow } from '../figures/figure-row.ts';
import { checkedFigures, type CheckedFigure } from './checked-figures.ts';
import { compareFigures, comparisonText, isPassed } from './compare.ts';

const ratio = (value: number, figure = 'cold start'): CheckedFigure => ({
  part: 'work',
  figure,
  kind: 'ratio',
  value,
});
const count = (value: number, figure = 'requests'): CheckedFigure => ({
  part: 'work',
  figure,
  kind: 'count',
  value,
});

describe('a figure beside what it was', () => {
  it.each([
    // was, is
    [0.5, 0.5, 'same'],
    [0.5, 0.59, 'same'],
    [0.5, 0.6, 'worse'],
    [0.5, 2, 'worse'],
    [0.5, 0.42, 'same'],
    [0.5, 0.41, 'better'],
    // Of nothing there is no fifth: any of it is worse.
    [0, 0, 'same'],
    [0, 1, 'worse'],
    [1, 0, 'better'],
  ] as const)('that was %d and is %d is %s', (was, is, outcome) => {
    expect(compareFigures([count(was)], [count(is)])).toEqual([
      { figure: 'requests', kind: 'count', was, is, outcome },
    ]);
  });

  it.each<[string, readonly CheckedFigure[], readonly CheckedFigure[], string]>([
    ['that cannot be measured here', [ratio(1)], [], 'not measured'],
    ['that is measured in another way', [ratio(1)], [count(4, 'cold start')], 'not measured'],
    ['that the baseline does not have', [], [ratio(1)], 'new'],
  ])('%s is named', (_, baseline, measured, outcome) => {
    expect(compareFigures(baseline, measured).map((each) => each.outcome)).toEqual([outcome]);
  });

  it.each<[string, readonly CheckedFigure[], boolean]>([
    ['passes when nothing is worse, and some cannot be measured', [ratio(1)], true],
    ['fails when one is worse', [ratio(1), count(5)], false],
    ['fails when nothing could be compared', [], false],
  ])('%s', (_, measured, passed) => {
    expect(isPassed(compareFigures([ratio(1), count(4)], measured))).toBe(passed);
  });

  it('is said in a line', () => {
    const lines = compareFigures([ratio(0.5), count(400)], [ratio(0.6789)]).map(comparisonText);
    expect(lines).toEqual(['worse         cold start: ratio 0.679, was 0.5', 'not measured  requests: was 400']);
  });
});

describe('what of a measurement is compared', () => {
  const row = (figure: string, unit: string, ours: number, theirs?: number): FigureRow => {
    const spread = (least: number) => ({ minimum: least, median: 2 * least, maximum: 9 * least });
    return {
      figure,
      unit,
      unfinished: {},
      values: { ours: spread(ours), ...(theirs === undefined ? {} : { theirs: spread(theirs) }) },
    };
  };
  const of = (...rows: readonly FigureRow[]) =>
    checkedFigures('work', [{ title: '', comparedWith: '', ours: 'ours', theirs: ['theirs'], rows }]);

  it.each<[string, FigureRow, readonly CheckedFigure[]]>([
    ['the ratio of the least times', row('cold start', 'ms', 10, 20), [ratio(0.5)]],
    ['the median of a count, whatever the others need', row('requests', '', 2, 50), [count(4)]],
    ['a count that nobody else has', row('requests', '', 2), [count(4)]],
    ['the median of memory that nobody else has', row('memory', 'MiB', 2), [count(4, 'memory')]],
    ['no time that nobody else has', row('cold start', 'ms', 10), []],
    ['no ratio to nothing', row('cold start', 'ms', 10, 0), []],
    [
      'a figure without end where ours did not come to one',
      { ...row('requests', '', 2), unfinished: { ours: 1 } },
      [count(Infinity)],
    ],
    ['nothing that is different each time', row('CPU at rest', 's', 1, 1), []],
  ])('%s', (_, given, expected) => {
    expect(of(given)).toEqual(expected);
  });
});
