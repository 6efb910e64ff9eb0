import type { Reader } from '../client/client.ts';
import type { Clock } from '../env/clock.ts';
import { startDeadline } from '../env/deadline.ts';
import type { Env } from '../env/env.ts';
import type { KindVersions } from '../versions/kind-versions.ts';
import type { Endpoint, EndpointAnswer, EndpointRequest } from '../health/http-server.ts';
import { parseJson } from '../object/json.ts';
import { admissionRequestOf, answerAdmission, describeRequest } from './admission-review.ts';
import type { AdmissionWebhook } from './admission.ts';
import { declaredReader } from './declared-reader.ts';
import { answerConversion, conversionRequestOf } from './conversion-review.ts';
import { conversionPath } from './webhook-configurations.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';

/** What is asked, and by whom it is answered. */
export interface WebhookEndpointOptions {
  readonly env: Env;
  readonly admission: readonly AdmissionWebhook[];
  readonly conversion: readonly KindVersions[];
  readonly metrics: WebhookMetrics;
  /** What webhooks read with. */
  readonly reader: Reader;
}

/** Longer than an API server may wait. */
const maxTimeoutSeconds = 30;

/** The paths of these webhooks. Throws when two have one. */
export function webhookPaths({
  admission,
  conversion,
}: Pick<WebhookEndpointOptions, 'admission' | 'conversion'>): readonly string[] {
  const paths = [...admission.map(({ path }) => path), ...(conversion.length === 0 ? [] : [conversionPath])];
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined)
    throw new Error(`two webhooks are at ${twice}; declare one for each kind, version and purpose`);
  return paths;
}

/** Answers what API servers ask. */
export function webhookEndpoint(options: WebhookEndpointOptions): Endpoint {
  const { env, metrics } = options;
  return async (request) => {
    const done = metrics.started(request.path);
    const startedMs = env.clock.monotonic();
    const answer = await answerTo(options, request);
    done(answer.status, secondsSince(env.clock, startedMs));
    return answer;
  };
}

async function answerTo(options: WebhookEndpointOptions, request: EndpointRequest): Promise<EndpointAnswer> {
  if (request.method !== 'POST') return { status: 405, body: 'only POST\n' };
  const review = parseJson(request.body);
  const webhook = options.admission.find(({ path }) => path === request.path);
  if (webhook !== undefined) return admissionAnswer(options, webhook, { review, query: request.query });
  return conversionAnswer(options, review);
}

async function admissionAnswer(
  { env, metrics, reader }: WebhookEndpointOptions,
  webhook: AdmissionWebhook,
  { review, query }: { readonly review: unknown; readonly query: URLSearchParams },
): Promise<EndpointAnswer> {
  const asked = admissionRequestOf(review);
  if (asked === undefined) return { status: 400, body: 'not an AdmissionReview of admission.k8s.io/v1\n' };
  const log = env.log.with(describeRequest(webhook, asked));
  const deadline = startDeadline(env.timers, timeoutOf(query), undefined);
  try {
    const context = { signal: deadline.signal, log, reader: declaredReader(webhook, reader) };
    const { response, error } = await answerAdmission(webhook, asked, context);
    if (error === undefined) log.debug('webhook answered', { allowed: response.allowed });
    else {
      metrics.failed(webhook.path);
      log.error('a webhook threw; the write was refused', { error });
    }
    return json({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
  } finally {
    deadline.end();
  }
}

function conversionAnswer({ env, conversion, metrics }: WebhookEndpointOptions, review: unknown): EndpointAnswer {
  const asked = conversionRequestOf(review);
  if (asked === undefined) return { status: 400, body: 'not a ConversionReview of apiextensions.k8s.io/v1\n' };
  const { response, error } = answerConversion(conversion, asked);
  if (error !== undefined) {
    metrics.failed(conversionPath);
    env.log.error('a conversion failed', { error, desiredAPIVersion: asked['desiredAPIVersion'] });
  }
  return json({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', response });
}

/** The API server says how long it waits: `?timeout=10s`. */
function timeoutOf(query: URLSearchParams): number {
  const seconds = Number(/^(\d+)s$/u.exec(query.get('timeout') ?? '')?.[1] ?? maxTimeoutSeconds);
  return Math.min(seconds, maxTimeoutSeconds) * 1000;
}

function json(body: object): EndpointAnswer {
  return { status: 200, contentType: 'application/json', body: JSON.stringify(body) };
}

function secondsSince(clock: Clock, startedMs: number): number {
  return (clock.monotonic() - startedMs) / 1000;
}
