/** The label that holds a metric's name. */
export const metricNameLabel = '__name__';

/** A label's name and value. */
export type LabelPair = readonly [name: string, value: string];

/**
 * An immutable set of labels, sorted by name. An empty value is the same as no label, as everywhere in Prometheus.
 * Not a record: `__proto__` is a valid label name.
 */
export class Labels {
  /** No labels at all. */
  static readonly empty = new Labels([]);

  readonly pairs: readonly LabelPair[];
  #key: string | undefined;

  private constructor(sortedPairs: readonly LabelPair[]) {
    this.pairs = sortedPairs;
  }

  /** From pairs in any order; a later pair with the same name wins. */
  static of(pairs: Iterable<LabelPair>): Labels {
    const byName = new Map(pairs);
    const kept = [...byName].filter(([, value]) => value !== '');
    return new Labels(kept.sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  /** From a plain record, such as a metric object of the HTTP API. */
  static fromRecord(record: Readonly<Record<string, string>>): Labels {
    return Labels.of(Object.entries(record));
  }

  /** Identity: two sets are the same exactly when their keys are. */
  get key(): string {
    this.#key ??= JSON.stringify(this.pairs);
    return this.#key;
  }

  /** The value of a label, or an empty string. */
  get(name: string): string {
    for (const [candidate, value] of this.pairs) if (candidate === name) return value;
    return '';
  }

  /** Only the named labels. */
  keep(names: ReadonlySet<string>): Labels {
    return new Labels(this.pairs.filter(([name]) => names.has(name)));
  }

  /** All but the named labels. */
  drop(names: ReadonlySet<string>): Labels {
    return new Labels(this.pairs.filter(([name]) => !names.has(name)));
  }

  /** The same labels without the metric's name, which no computed value keeps. */
  withoutName(): Labels {
    return new Labels(this.pairs.filter(([name]) => name !== metricNameLabel));
  }

  /** The same labels with one set, or removed when `value` is empty. */
  with(name: string, value: string): Labels {
    return Labels.of([...this.pairs, [name, value]]);
  }

  /** The metric object of the HTTP API. */
  toRecord(): Record<string, string> {
    return Object.fromEntries(this.pairs);
  }

  /** `name{label="value", ...}`, as error messages show a series. */
  toString(): string {
    const shown = this.withoutName().pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return `${this.get(metricNameLabel)}{${shown.join(', ')}}`;
  }
}

/** Prometheus's order of label sets: pair by pair, name before value, the shorter set first. */
export function compareLabels(left: Labels, right: Labels): number {
  const shared = Math.min(left.pairs.length, right.pairs.length);
  for (let index = 0; index < shared; index += 1) {
    const [leftName, leftValue] = left.pairs[index] ?? ['', ''];
    const [rightName, rightValue] = right.pairs[index] ?? ['', ''];
    if (leftName !== rightName) return leftName < rightName ? -1 : 1;
    if (leftValue !== rightValue) return leftValue < rightValue ? -1 : 1;
  }
  return left.pairs.length - right.pairs.length;
}
