import { compareLabels, type Labels } from '../labels.ts';
import { parseSelector } from '../promql/parse.ts';
import type { Matcher } from '../tsdb/matcher.ts';
import type { TimeSeriesStore } from '../tsdb/time-series-store.ts';
import { failure, success } from './envelope.ts';
import type { HttpResponse } from './http-handler.ts';
import { parseTimestamp } from './parameters.ts';

/** `/api/v1/series`: the label sets that `match[]` selects. At least one `match[]` is required. */
export function seriesLabels(store: TimeSeriesStore, parameters: URLSearchParams): HttpResponse {
  if (!parameters.has('match[]')) return failure('bad_data', 'no match[] parameter provided');
  return respond(store, parameters, (found) => found.map((labels) => labels.toRecord()));
}

/** `/api/v1/labels`: every label name, of all series or of those that `match[]` selects. */
export function labelNames(store: TimeSeriesStore, parameters: URLSearchParams): HttpResponse {
  return respond(store, parameters, (found) => distinct(found.flatMap(({ pairs }) => pairs.map(([name]) => name))));
}

/** `/api/v1/label/<name>/values`: every value of one label, of all series or of those that `match[]` selects. */
export function labelValues(store: TimeSeriesStore, label: string, parameters: URLSearchParams): HttpResponse {
  if (!/^[A-Za-z_]\w*$/.test(label)) return failure('bad_data', `invalid label name: "${label}"`);
  return respond(store, parameters, (found) =>
    distinct(found.map((labels) => labels.get(label)).filter((value) => value !== '')),
  );
}

function respond(
  store: TimeSeriesStore,
  parameters: URLSearchParams,
  describe: (found: readonly Labels[]) => unknown,
): HttpResponse {
  const times = ['start', 'end'].map((name) => ({ name, text: parameters.get(name) ?? '' }));
  const [startMs, endMs] = times.map(({ text }) => (text === '' ? undefined : parseTimestamp(text)));
  for (const [index, { name, text }] of times.entries()) {
    if (text !== '' && [startMs, endMs][index] === undefined)
      return failure(
        'bad_data',
        `invalid parameter "${name}": Invalid time value for '${name}': cannot parse "${text}" to a valid timestamp`,
      );
  }
  const selections: (readonly Matcher[])[] = [];
  for (const text of parameters.getAll('match[]')) {
    const selector = parseSelector(text);
    if (!selector.ok) return failure('bad_data', `invalid parameter "match[]": ${selector.error}`);
    selections.push(selector.matchers);
  }
  if (selections.length === 0) selections.push([]);
  const found = new Map<string, Labels>();
  for (const matchers of selections) {
    for (const series of store.select(matchers)) {
      const hasSamples = series.hasSampleIn(startMs ?? Number.NEGATIVE_INFINITY, endMs ?? Number.POSITIVE_INFINITY);
      if (hasSamples) found.set(series.labels.key, series.labels);
    }
  }
  return success(describe([...found.values()].sort(compareLabels)));
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
