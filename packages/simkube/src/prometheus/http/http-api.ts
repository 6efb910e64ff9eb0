import type { Clock } from '@canaryop/reconcile/env';

import type { PromqlEngine, QueryResult } from '../promql/engine.ts';
import type { TimeSeriesStore } from '../tsdb/time-series-store.ts';
import { encodeQueryData, failure, success } from './envelope.ts';
import { parseTarget, textResponse, type HttpHandler, type HttpResponse } from './http-handler.ts';
import { labelNames, labelValues, seriesLabels } from './metadata.ts';
import { parseStep, parseTimestamp } from './parameters.ts';

/** Prometheus's bound on the points of one series in a range query. */
const maxSteps = 11_000;

/** What the API serves from. */
export interface HttpApiOptions {
  readonly store: TimeSeriesStore;
  readonly engine: PromqlEngine;
  /** The time of a query that names none. */
  readonly clock: Clock;
}

type Route = (parameters: URLSearchParams) => HttpResponse;

/**
 * Prometheus's HTTP API: `/api/v1/{query,query_range,labels,series}` by GET and POST form, `/api/v1/label/<name>/values`,
 * `/-/healthy` and `/-/ready`. Wrong requests are 400 (bad_data), what cannot be evaluated 422 (execution), what takes
 * longer than `timeout` 503, all in Prometheus's JSON envelope; other paths are 404.
 */
export function createHttpApi({ store, engine, clock }: HttpApiOptions): HttpHandler {
  const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
    ['/api/v1/query', (parameters) => instantQuery(engine, clock, parameters)],
    ['/api/v1/query_range', (parameters) => rangeQuery(engine, parameters)],
    ['/api/v1/labels', (parameters) => labelNames(store, parameters)],
    ['/api/v1/series', (parameters) => seriesLabels(store, parameters)],
  ]);
  return (request) => {
    const { path, parameters } = parseTarget(request);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const route = routes.get(path);
    if (route !== undefined) return isRead || request.method === 'POST' ? route(parameters) : methodNotAllowed();
    if (path === '/-/healthy') return textResponse(200, 'Prometheus Server is Healthy.\n');
    if (path === '/-/ready') return textResponse(200, 'Prometheus Server is Ready.\n');
    const label = /^\/api\/v1\/label\/([^/]+)\/values$/.exec(path)?.[1];
    if (label === undefined) return textResponse(404, '404 page not found\n');
    return isRead ? labelValues(store, label, parameters) : methodNotAllowed();
  };
}

function methodNotAllowed(): HttpResponse {
  return textResponse(405, 'Method Not Allowed\n');
}

function instantQuery(engine: PromqlEngine, clock: Clock, parameters: URLSearchParams): HttpResponse {
  const time = parameters.get('time') ?? '';
  const timeMs = time === '' ? clock.now() : parseTimestamp(time);
  if (timeMs === undefined)
    return invalid('time', `Invalid time value for 'time': cannot parse "${time}" to a valid timestamp`);
  const timeout = parseTimeout(parameters);
  if (!timeout.ok) return timeout.response;
  return answer(engine.instant(parameters.get('query') ?? '', timeMs, timeout.timeoutMs));
}

function rangeQuery(engine: PromqlEngine, parameters: URLSearchParams): HttpResponse {
  const start = parameters.get('start') ?? '';
  const end = parameters.get('end') ?? '';
  const step = parameters.get('step') ?? '';
  const startMs = parseTimestamp(start);
  if (startMs === undefined) return invalidTimestamp('start', start);
  const endMs = parseTimestamp(end);
  if (endMs === undefined) return invalidTimestamp('end', end);
  if (endMs < startMs) return invalid('end', 'end timestamp must not be before start time');
  const stepMs = parseStep(step);
  if (stepMs === undefined) return invalid('step', `cannot parse "${step}" to a valid duration`);
  if (stepMs <= 0) {
    const advice = 'Try a positive integer';
    return invalid('step', `zero or negative query resolution step widths are not accepted. ${advice}`);
  }
  if ((endMs - startMs) / stepMs > maxSteps) {
    const limit = 'exceeded maximum resolution of 11,000 points per timeseries.';
    return failure('bad_data', `${limit} Try decreasing the query resolution (?step=XX)`);
  }
  const timeout = parseTimeout(parameters);
  if (!timeout.ok) return timeout.response;
  return answer(engine.range(parameters.get('query') ?? '', { startMs, endMs, stepMs }, timeout.timeoutMs));
}

type Timeout =
  | { readonly ok: true; readonly timeoutMs: number | undefined }
  | { readonly ok: false; readonly response: HttpResponse };

function parseTimeout(parameters: URLSearchParams): Timeout {
  const text = parameters.get('timeout') ?? '';
  if (text === '') return { ok: true, timeoutMs: undefined };
  const timeoutMs = parseStep(text);
  if (timeoutMs !== undefined) return { ok: true, timeoutMs };
  return { ok: false, response: invalid('timeout', `cannot parse "${text}" to a valid duration`) };
}

function answer(result: QueryResult): HttpResponse {
  if (result.ok) return success(encodeQueryData(result.data));
  return result.errorType === 'bad_data' ? invalid('query', result.error) : failure(result.errorType, result.error);
}

function invalidTimestamp(parameter: string, text: string): HttpResponse {
  return invalid(parameter, `cannot parse "${text}" to a valid timestamp`);
}

function invalid(parameter: string, problem: string): HttpResponse {
  return failure('bad_data', `invalid parameter "${parameter}": ${problem}`);
}
