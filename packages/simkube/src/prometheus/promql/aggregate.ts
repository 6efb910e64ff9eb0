import { metricNameLabel, type Labels } from '../labels.ts';
import type { Aggregation } from './ast.ts';
import { formatFloat } from './functions/float-text.ts';
import { incrementalMean, max, min, quantile, variance } from './functions/statistics.ts';
import { QueryError, unsupported } from './query-error.ts';
import { instantVector, numberOf, textOf, type InstantVector, type Sample, type Value } from './value.ts';

/** Which labels a group keeps. */
interface Grouping {
  readonly without: boolean;
  readonly names: ReadonlySet<string>;
}

interface Group {
  readonly labels: Labels;
  readonly samples: Sample[];
}

/** One aggregation at one time; `param` is its first argument's value. */
export function aggregate(
  aggregation: Aggregation,
  samples: readonly Sample[],
  param: Value | undefined,
): InstantVector {
  const { operator } = aggregation;
  const grouping = groupingOf(aggregation.without, aggregation.labels);
  switch (operator) {
    case 'topk':
      return instantVector(best(grouped(samples, grouping), param, (left, right) => right - left));
    case 'bottomk':
      return instantVector(best(grouped(samples, grouping), param, (left, right) => left - right));
    case 'count_values':
      return countValues(aggregation, samples, textOf(param));
    default: {
      const reduce = reducer(operator, numberOf(param));
      const results = grouped(samples, grouping).map((group) => ({
        labels: group.labels,
        value: reduce(group.samples.map((sample) => sample.value)),
      }));
      return instantVector(results);
    }
  }
}

function reducer(operator: string, param: number): (values: readonly number[]) => number {
  const reducers: ReadonlyMap<string, (values: readonly number[]) => number> = new Map([
    ['sum', (values: readonly number[]): number => values.reduce((total, value) => total + value)],
    ['avg', incrementalMean],
    ['min', min],
    ['max', max],
    ['count', (values) => values.length],
    ['group', () => 1],
    ['stdvar', spread],
    ['stddev', (values) => Math.sqrt(spread(values))],
    ['quantile', (values) => quantile(param, values)],
  ]);
  const reduce = reducers.get(operator);
  if (reduce === undefined) throw unsupported(`aggregation "${operator}"`);
  return reduce;
}

/** The variance of a group; of a single sample it is 0, were it NaN or infinite. */
function spread(values: readonly number[]): number {
  return values.length === 1 ? 0 : variance(values);
}

function groupingOf(without: boolean, labels: readonly string[]): Grouping {
  return { without, names: new Set(without ? [...labels, metricNameLabel] : labels) };
}

/** Groups in the order of their first sample. */
function grouped(samples: readonly Sample[], { without, names }: Grouping): Group[] {
  const groups = new Map<string, Group>();
  for (const sample of samples) {
    const labels = without ? sample.labels.drop(names) : sample.labels.keep(names);
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, samples: [sample] });
    else group.samples.push(sample);
  }
  return [...groups.values()];
}

/** The first k samples of each group in that order, whole and with their labels; NaN comes last. */
function best(
  groups: readonly Group[],
  param: Value | undefined,
  order: (left: number, right: number) => number,
): Sample[] {
  const count = numberOf(param);
  if (Number.isNaN(count)) throw new QueryError('execution', 'Scalar value NaN overflows int64');
  if (count < 1) return [];
  return groups.flatMap((group) =>
    group.samples
      .toSorted(({ value: left }, { value: right }) => {
        if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
        return order(left, right);
      })
      .slice(0, Math.floor(count)),
  );
}

function countValues({ without, labels }: Aggregation, samples: readonly Sample[], label: string): InstantVector {
  if (!/^[A-Za-z_]\w*$/.test(label)) throw new QueryError('execution', `invalid label name "${label}"`);
  const labelled = samples.map((sample) => ({
    labels: sample.labels.with(label, formatFloat(sample.value)),
    value: sample.value,
  }));
  const groups = grouped(labelled, groupingOf(without, without ? labels : [...labels, label]));
  return instantVector(groups.map((group) => ({ labels: group.labels, value: group.samples.length })));
}
