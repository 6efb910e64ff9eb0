import { metricNameLabel, type Labels } from '../labels.ts';
import { dropsName, operate } from './arithmetic.ts';
import type { Binary, VectorMatching } from './ast.ts';
import { QueryError } from './query-error.ts';
import { distinctVector, instantVector, type InstantVector, type Sample } from './value.ts';

const allLabels: VectorMatching = { on: false, labels: [], many: 'none', include: [] };

/** Which labels decide whether two series match, as a key. */
function matchKey(matching: VectorMatching): (labels: Labels) => string {
  const names = new Set(matching.on ? matching.labels : [...matching.labels, metricNameLabel]);
  return (labels) => (matching.on ? labels.keep(names) : labels.drop(names)).key;
}

/** `and`, `or` and `unless`: whole samples, kept by whether the other side has a match. */
export function combineSets(expr: Binary, left: readonly Sample[], right: readonly Sample[]): InstantVector {
  const key = matchKey(expr.matching ?? allLabels);
  const keysOf = (samples: readonly Sample[]): Set<string> => new Set(samples.map((sample) => key(sample.labels)));
  if (expr.operator === 'or') {
    const leftKeys = keysOf(left);
    return distinctVector([...left, ...right.filter((sample) => !leftKeys.has(key(sample.labels)))].map(unsampled));
  }
  const rightKeys = keysOf(right);
  const keepsMatched = expr.operator === 'and';
  return instantVector(left.filter((sample) => rightKeys.has(key(sample.labels)) === keepsMatched).map(unsampled));
}

function unsampled({ labels, value }: Sample): Sample {
  return { labels, value };
}

/** Arithmetic and comparison between two vectors: every series of the many side with its one partner. */
export function matchVectors(expr: Binary, left: readonly Sample[], right: readonly Sample[]): InstantVector {
  const matching = expr.matching ?? allLabels;
  if (left.length === 0 || right.length === 0) return instantVector([]);
  const key = matchKey(matching);
  const isSwapped = matching.many === 'right';
  const [many, one] = isSwapped ? [right, left] : [left, right];
  const partners = uniquePartners(one, key, isSwapped ? 'left' : 'right');
  const seen = new Map<string, Set<string>>();
  const results: Sample[] = [];
  for (const sample of many) {
    const group = key(sample.labels);
    const partner = partners.get(group);
    if (partner === undefined) continue;
    const operands = isSwapped ? ([partner.value, sample.value] as const) : ([sample.value, partner.value] as const);
    const value = operate(expr.operator, expr.bool, ...operands);
    if (value === undefined) continue;
    const labels = resultLabels(expr, matching, sample.labels, partner.labels);
    checkUnique(seen, group, matching, labels);
    results.push({ labels, value });
  }
  return distinctVector(results);
}

function uniquePartners(
  samples: readonly Sample[],
  key: (labels: Labels) => string,
  side: 'left' | 'right',
): Map<string, Sample> {
  const partners = new Map<string, Sample>();
  for (const sample of samples) {
    const group = key(sample.labels);
    const other = partners.get(group);
    if (other !== undefined) {
      const both = `[${String(other.labels)}, ${String(sample.labels)}]`;
      throw new QueryError(
        'execution',
        `found duplicate series for the match group on the ${side} hand-side of the operation: ${both};` +
          'many-to-many matching not allowed: matching labels must be unique on one side',
      );
    }
    partners.set(group, sample);
  }
  return partners;
}

function resultLabels(expr: Binary, matching: VectorMatching, many: Labels, one: Labels): Labels {
  let labels = dropsName(expr) ? many.withoutName() : many;
  if (matching.many === 'none') {
    const names = new Set(matching.labels);
    return matching.on ? labels.keep(names) : labels.drop(names);
  }
  for (const name of matching.include) labels = labels.with(name, one.get(name));
  return labels;
}

/** One result per group without grouping; with it, results of a group must differ in their labels. */
function checkUnique(seen: Map<string, Set<string>>, group: string, matching: VectorMatching, labels: Labels): void {
  const results = seen.get(group) ?? new Set<string>();
  if (matching.many === 'none' && results.size > 0) {
    const message = 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)';
    throw new QueryError('execution', message);
  }
  if (results.has(labels.key))
    throw new QueryError('execution', 'multiple matches for labels: grouping labels must ensure unique matches');
  seen.set(group, results.add(labels.key));
}
