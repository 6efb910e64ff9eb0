import { compileAnchoredPattern } from '../../anchored-pattern.ts';
import { Labels, metricNameLabel } from '../../labels.ts';
import { unwrap, type Expr } from '../ast.ts';
import { QueryError } from '../query-error.ts';
import {
  distinctVector,
  instantVector,
  numberOf,
  samplesOf,
  scalar,
  textOf,
  type Sample,
  type Value,
} from '../value.ts';
import { histogramQuantile } from './histogram-quantile.ts';
import { maxOf, minOf } from './math-functions.ts';
import type { CallContext, PromqlFunction, Signature } from './promql-function.ts';

type Compute = (args: readonly Value[], context: CallContext) => Value;

function general(signature: Signature, compute: Compute): PromqlFunction {
  return { kind: 'general', ...signature, compute };
}

const maxValueLength = 65_536;

const vectorToVector: Signature = { args: ['instant vector'], returns: 'instant vector' };

/** Functions that look at more than one value at a time. */
export const vectorFunctions: ReadonlyMap<string, PromqlFunction> = new Map<string, PromqlFunction>([
  ['time', general({ args: [], returns: 'scalar' }, (_args, { timeMs }) => scalar(timeMs / 1000))],
  ['pi', general({ args: [], returns: 'scalar' }, () => scalar(Math.PI))],
  [
    'vector',
    general({ args: ['scalar'], returns: 'instant vector' }, ([value]) =>
      instantVector([{ labels: Labels.empty, value: numberOf(value) }]),
    ),
  ],
  [
    'scalar',
    general({ args: ['instant vector'], returns: 'scalar' }, ([vector]) => {
      const [only, ...others] = samplesOf(vector);
      return scalar(only === undefined || others.length > 0 ? Number.NaN : only.value);
    }),
  ],
  ['timestamp', general(vectorToVector, timestamps)],
  [
    'absent',
    general(vectorToVector, ([vector], { call }) => absentSample(samplesOf(vector).length === 0, call.args[0])),
  ],
  [
    'absent_over_time',
    general({ args: ['range vector'], returns: 'instant vector' }, ([matrix], { call }) =>
      absentSample(matrix?.type === 'range vector' && matrix.series.length === 0, call.args[0]),
    ),
  ],
  ['sort', general(vectorToVector, ([vector]) => sorted(vector, (left, right) => left - right))],
  ['sort_desc', general(vectorToVector, ([vector]) => sorted(vector, (left, right) => right - left))],
  ['clamp', general({ args: ['instant vector', 'scalar', 'scalar'], returns: 'instant vector' }, clamp)],
  [
    'histogram_quantile',
    general({ args: ['scalar', 'instant vector'], returns: 'instant vector' }, ([phi, buckets]) =>
      instantVector(histogramQuantile(numberOf(phi), samplesOf(buckets))),
    ),
  ],
  [
    'label_replace',
    general(
      { args: ['instant vector', 'string', 'string', 'string', 'string'], returns: 'instant vector' },
      labelReplace,
    ),
  ],
  [
    'label_join',
    general(
      { args: ['instant vector', 'string', 'string', 'string'], optional: 'repeat', returns: 'instant vector' },
      labelJoin,
    ),
  ],
]);

/** When each sample was scraped if the argument is a selector, else the evaluated time. */
function timestamps([vector]: readonly Value[], { timeMs, call }: CallContext): Value {
  const [argument] = call.args;
  const isSelector = argument !== undefined && unwrap(argument).kind === 'vector selector';
  return distinctVector(
    samplesOf(vector).map((sample) => ({
      labels: sample.labels.withoutName(),
      value: (isSelector ? (sample.sampledMs ?? timeMs) : timeMs) / 1000,
    })),
  );
}

/** 1 with the labels that the argument asks for by equality, once each; nothing when the argument has something. */
function absentSample(isAbsent: boolean, argument: Expr | undefined): Value {
  return instantVector(isAbsent ? [{ labels: absentLabels(argument), value: 1 }] : []);
}

function absentLabels(argument: Expr | undefined): Labels {
  if (argument?.kind === 'matrix selector') return absentLabels(argument.selector);
  if (argument?.kind !== 'vector selector') return Labels.empty;
  const names = argument.matchers.map((matcher) => matcher.name);
  const wanted = argument.matchers.filter(
    ({ name, type }) => type === '=' && name !== metricNameLabel && names.indexOf(name) === names.lastIndexOf(name),
  );
  return Labels.of(wanted.map(({ name, value }) => [name, value]));
}

/** NaN comes last in both directions. */
function sorted(vector: Value | undefined, compare: (left: number, right: number) => number): Value {
  return instantVector(
    samplesOf(vector).toSorted(({ value: left }, { value: right }) => {
      if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
      return compare(left, right);
    }),
  );
}

function clamp([vector, low, high]: readonly Value[]): Value {
  const [least, greatest] = [numberOf(low), numberOf(high)];
  if (greatest < least) return instantVector([]);
  return distinctVector(
    samplesOf(vector).map(({ labels, value }) => ({
      labels: labels.withoutName(),
      value: maxOf(least, minOf(greatest, value)),
    })),
  );
}

function labelReplace([vector, ...texts]: readonly Value[]): Value {
  const [target = '', template = '', source = '', regex = ''] = texts.map(textOf);
  const compiled = compileAnchoredPattern(regex);
  if (!compiled.ok)
    throw new QueryError('execution', `invalid regular expression in label_replace(): ${regex}: ${compiled.error}`);
  checkLabelName(target, 'destination label name in label_replace()');
  return distinctVector(
    samplesOf(vector).map((sample): Sample => {
      const replacement = compiled.pattern.expand(sample.labels.get(source), template);
      if (replacement === undefined) return sample;
      return { labels: labelled(sample.labels, target, replacement), value: sample.value };
    }),
  );
}

function labelJoin([vector, ...texts]: readonly Value[]): Value {
  const [target = '', separator = '', ...sources] = texts.map(textOf);
  for (const source of sources) checkLabelName(source, 'source label name in label_join()');
  checkLabelName(target, 'destination label name in label_join()');
  return distinctVector(
    samplesOf(vector).map(({ labels, value }) => ({
      labels: labelled(labels, target, sources.map((source) => labels.get(source)).join(separator)),
      value,
    })),
  );
}

/** Nested calls could double a value at each level. */
function labelled(labels: Labels, name: string, value: string): Labels {
  if (value.length > maxValueLength)
    throw new QueryError('execution', `value of label ${name} is longer than ${maxValueLength} characters`);
  return labels.with(name, value);
}

function checkLabelName(name: string, what: string): void {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new QueryError('execution', `invalid ${what}: ${name}`);
}
