import { isRefusedAddress, judgeUrl, type AddressPolicy } from './address-policy.ts';
import type { HttpClient, HttpOutcome } from './http.ts';
import type { Answer, MetricProvider, Question } from './metric-provider.ts';

/** Looks names up; rejects when there is no such name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Asks Prometheus' HTTP API (`/api/v1/query_range`), wherever the policy lets it. */
export class PrometheusProvider implements MetricProvider {
  readonly #http: HttpClient;
  readonly #policy: AddressPolicy;
  readonly #resolve: Resolve;

  constructor(http: HttpClient, policy: AddressPolicy, resolve: Resolve) {
    this.#http = http;
    this.#policy = policy;
    this.#resolve = resolve;
  }

  async ask(question: Question, signal: AbortSignal): Promise<Answer> {
    if (question.url === '') return { kind: 'error', errorClass: 'prometheusURL is empty' };
    if (question.query === '') return { kind: 'error', errorClass: 'prometheusQuery is empty' };
    const address = await this.#addressOf(question.url);
    if ('kind' in address) return address;
    const outcome = await this.#http.send({
      method: 'POST',
      url: `${question.url.replace(/\/+$/, '')}/api/v1/query_range`,
      form: {
        query: question.query,
        start: seconds(question.startMs),
        end: seconds(question.endMs),
        step: String(question.stepSeconds),
      },
      address,
      signal,
    });
    return answerOf(outcome);
  }

  /** The address is looked up once, judged, and then connected to: a name that changes its answer gains nothing. */
  async #addressOf(url: string): Promise<{ host: string; port: number } | Answer> {
    const verdict = judgeUrl(url, this.#policy);
    if (verdict.kind === 'mapped') return verdict.address;
    if (verdict.kind === 'forbidden') return { kind: 'forbidden', explanation: verdict.explanation };
    if (verdict.kind === 'invalid') return { kind: 'error', errorClass: verdict.explanation };
    const addresses = await this.#resolve(verdict.host).catch((): readonly string[] => []);
    const [first] = addresses;
    if (first === undefined) return { kind: 'error', errorClass: `${verdict.host} is not a known name` };
    if (addresses.some((address) => isRefusedAddress(address, this.#policy))) {
      const explanation = `prometheusURL names ${verdict.host}, which leads to an address that the operator must not ask`;
      return { kind: 'forbidden', explanation };
    }
    return { host: first, port: verdict.port };
  }
}

/** Reads a response as an answer: everything that is not Prometheus saying `success` is an error, never an empty result. */
export function answerOf(outcome: HttpOutcome): Answer {
  if (outcome.kind === 'failure') return { kind: 'error', errorClass: outcome.failure };
  const parsed = parseJson(outcome.body);
  if (outcome.status !== 200) {
    const type = parsed?.['errorType'];
    const known = typeof type === 'string' && /^[a-z_]{1,32}$/.test(type) ? ` ${type}` : '';
    return { kind: 'error', errorClass: `HTTP ${outcome.status}${known}` };
  }
  if (parsed?.['status'] !== 'success') return { kind: 'error', errorClass: 'the answer is not from Prometheus' };
  const data = parsed['data'] as { resultType?: unknown; result?: unknown } | undefined;
  if (data?.resultType !== 'matrix' || !Array.isArray(data.result)) {
    return { kind: 'error', errorClass: 'the answer is not a range of series' };
  }
  return data.result.length === 0 ? { kind: 'empty' } : { kind: 'result', series: data.result.length };
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
