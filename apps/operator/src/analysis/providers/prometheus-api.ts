import type { Endpoints, NoEndpoint } from '../endpoints.ts';
import type { HttpClient, HttpOutcome } from '../http.ts';
import type { InstantQuestion, RangeQuestion } from '../question.ts';

/** What providers ask over. */
export interface Wire {
  readonly http: HttpClient;
  readonly endpoints: Endpoints;
}

/** What is inside of an answer of Prometheus. */
export interface PrometheusData {
  readonly resultType: unknown;
  readonly result: unknown;
}

/** Sends a query to an endpoint of Prometheus' HTTP API, wherever the policy lets it. */
export async function queryPrometheus(
  { http, endpoints }: Wire,
  question: RangeQuestion | InstantQuestion,
  request: { readonly path: string; readonly form: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<PrometheusData | NoEndpoint> {
  const endpoint = await endpoints.find(question);
  if ('kind' in endpoint) return endpoint;
  const { url, address } = endpoint;
  const { path, form } = request;
  const target = `${url.replace(/\/+$/, '')}${path}`;
  return dataOf(await http.send({ method: 'POST', url: target, form, address, signal }));
}

/** Reads a response: everything that is not Prometheus saying `success` is an error, never an empty result. */
function dataOf(outcome: HttpOutcome): PrometheusData | NoEndpoint {
  if (outcome.kind === 'failure') return { kind: 'error', errorClass: outcome.failure };
  const parsed = parseObject(outcome.body);
  if (outcome.status !== 200) {
    const type = parsed?.['errorType'];
    const known = typeof type === 'string' && /^[a-z_]{1,32}$/.test(type) ? ` ${type}` : '';
    return { kind: 'error', errorClass: `HTTP ${outcome.status}${known}` };
  }
  const data = parsed?.['status'] === 'success' ? parsed['data'] : undefined;
  if (typeof data !== 'object' || data === null) {
    return { kind: 'error', errorClass: 'the answer is not from Prometheus' };
  }
  const { resultType, result } = data as { resultType?: unknown; result?: unknown };
  return { resultType, result };
}

/** A time as Prometheus takes it. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
