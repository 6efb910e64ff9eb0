import { PromqlEngine, type QueryResult } from '../../src/prometheus/promql/engine.ts';
import { parseFloatText } from '../../src/prometheus/promql/functions/float-text.ts';
import { parseExposition } from '../../src/prometheus/scrape/exposition.ts';
import { Labels } from '../../src/prometheus/labels.ts';
import { TimeSeriesStore } from '../../src/prometheus/tsdb/time-series-store.ts';

/**
 * A store with samples at 0 s, 10 s, 20 s and so on: per series its values, `_` for none and `stale` for a staleness
 * marker, as in `{ 'requests_total{code="200"}': '0 5 _ 7 stale' }`.
 */
export function loadSeries(series: Readonly<Record<string, string>>, intervalMs = 10_000): TimeSeriesStore {
  const store = new TimeSeriesStore();
  for (const [name, values] of Object.entries(series)) {
    const parsed = parseExposition(`${name} 0`);
    const sample = parsed.ok ? parsed.samples[0] : undefined;
    if (sample === undefined) throw new Error(`not a series: ${name}`);
    const labels = Labels.of([...Object.entries(sample.labels), ['__name__', sample.name]]);
    for (const [index, text] of values.split(' ').entries()) {
      const value = parseFloatText(text);
      if (text === 'stale') store.appendStale(labels, index * intervalMs);
      else if (value !== undefined) store.append(labels, index * intervalMs, value);
    }
  }
  return store;
}

/** An engine over such a store, on a clock that stands still. */
export function engineOver(series: Readonly<Record<string, string>>): PromqlEngine {
  return new PromqlEngine(loadSeries(series), { now: () => 0, monotonic: () => 0 });
}

/** What an instant query gives, as `series value` lines sorted by name, a number or text, or the error. */
export function showInstant(engine: PromqlEngine, query: string, timeSeconds: number): readonly string[] {
  return show(engine.instant(query, timeSeconds * 1000));
}

/** What a query gives, as lines. */
export function show(result: QueryResult): readonly string[] {
  if (!result.ok) return [`${result.errorType}: ${result.error}`];
  const { data } = result;
  switch (data.resultType) {
    case 'vector':
      return data.samples.map(({ labels, value }) => `${String(labels)} ${value}`);
    case 'matrix':
      return data.series.map(({ labels, points }) => {
        const shown = points.map(({ timeMs, value }) => `${value}@${timeMs / 1000}`);
        return `${String(labels)} ${shown.join(' ')}`;
      });
    case 'scalar':
    case 'string':
    default:
      return [String(data.value)];
  }
}
