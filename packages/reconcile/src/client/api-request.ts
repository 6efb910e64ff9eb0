import type { Env } from '../env/env.ts';
import { sleep } from '../env/timers.ts';
import { noTracer } from '../env/tracer.ts';
import type { ConnectionPool, TransportResponse } from '../env/transport.ts';
import { parseJson } from '../object/json.ts';
import { ApiError, apiErrorFrom, isApiError } from './api-error.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import { startDeadline } from '../env/deadline.ts';
import type { Fence } from './fence.ts';

/** A finished exchange, for `rest_client_requests_total` and `rest_client_request_duration_seconds`. */
export interface RequestInfo {
  readonly method: string;
  readonly host: string;
  /** The HTTP status, or `<error>` when there was no answer, as client-go labels it. */
  readonly code: string;
  /** Until the head of the response was there. */
  readonly durationMs: number;
}

/** What all requests to one API server share. */
export interface ApiRequestContext {
  readonly env: Env;
  readonly connection: ClusterConnection;
  readonly userAgent: string;
  readonly pool?: ConnectionPool | undefined;
  readonly onRequest?: ((info: RequestInfo) => void) | undefined;
}

/** One request, still without credentials. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Encoded path below the server's root. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  /** @default application/json */
  readonly accept?: string | undefined;
  readonly body?: unknown;
  /** Verb and object in words, for error messages. */
  readonly action: string;
  readonly signal?: AbortSignal | undefined;
  /** Asked last before the request leaves, at every attempt. */
  readonly fence?: Fence | undefined;
}

/** A request was sent, or may have been, and no answer came: a write may or may not have been applied. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** How long and how often a request is tried. */
export interface RequestLimits {
  /** Milliseconds for one attempt, body included. */
  readonly timeoutMs: number;
  /** Further attempts after a refusal that certainly changed nothing: 429, or 503 with Retry-After. */
  readonly maxRetries: number;
  /** A longer Retry-After is not waited for here: the caller gets the error, with `retryAfterMs`. */
  readonly maxRetryAfterMs: number;
}

/**
 * Sends one request with the connection's credentials and returns the head of the answer, whatever its status.
 * A 401 reloads the credentials and tries once more: a token may have been rotated since it was read.
 */
export async function openRequest(context: ApiRequestContext, request: ApiRequest): Promise<TransportResponse> {
  const response = await exchange(context, request);
  if (response.status !== 401) return response;
  await readText(response);
  await context.connection.credentials.refresh();
  return exchange(context, request);
}

async function exchange(context: ApiRequestContext, request: ApiRequest): Promise<TransportResponse> {
  const { connection, env } = context;
  const credentials = await connection.credentials.headers();
  request.signal?.throwIfAborted();
  request.fence?.();
  const startedAt = env.clock.monotonic();
  const report = (code: string): void => {
    const durationMs = env.clock.monotonic() - startedAt;
    context.onRequest?.({ method: request.method, host: hostOf(connection.server), code, durationMs });
  };
  try {
    const response = await connection.transport.request({
      method: request.method,
      url: urlOf(connection.server, request),
      headers: {
        accept: request.accept ?? 'application/json',
        'user-agent': context.userAgent,
        ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
        ...credentials,
      },
      ...(context.pool === undefined ? {} : { pool: context.pool }),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    report(String(response.status));
    return response;
  } catch (error) {
    report('<error>');
    throw noAnswer(request, error);
  }
}

function urlOf(server: string, { path, query }: ApiRequest): string {
  return query === undefined ? server + path : `${server}${path}?${new URLSearchParams(query).toString()}`;
}

/** One for each API server of the process. */
const hosts = new Map<string, string>();

function hostOf(server: string): string {
  let host = hosts.get(server);
  if (host === undefined) {
    host = new URL(server).host;
    hosts.set(server, host);
  }
  return host;
}

function noAnswer(request: ApiRequest, cause: unknown): NoAnswerError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new NoAnswerError(`${request.action}: no answer to ${lineOf(request)}: ${why}`, { cause });
}

/** Method and path, as access logs have them. */
function lineOf(request: ApiRequest): string {
  return `${request.method} ${request.path}`;
}

/**
 * Sends a request and returns the decoded answer. A refusal rejects with `ApiError`, no answer with `NoAnswerError`;
 * refusals that certainly changed nothing are tried again within `limits`.
 */
export async function sendRequest(
  context: ApiRequestContext,
  request: ApiRequest,
  limits: RequestLimits,
): Promise<unknown> {
  const attributes = { 'http.request.method': request.method, 'url.path': request.path };
  const { tracer = noTracer } = context.env;
  return tracer.span(`kubernetes ${request.method}`, attributes, () => attempts(context, request, limits));
}

async function attempts(context: ApiRequestContext, request: ApiRequest, limits: RequestLimits): Promise<unknown> {
  for (let attempt = 0; ; attempt += 1) {
    request.signal?.throwIfAborted();
    try {
      return await attemptRequest(context, request, limits.timeoutMs);
    } catch (error) {
      const waitMs = attempt < limits.maxRetries ? refusalWaitMs(error) : undefined;
      if (waitMs === undefined || waitMs > limits.maxRetryAfterMs) throw error;
      // Spread, so that a crowd that was refused together does not come back together.
      await sleep(context.env.timers, waitMs * (1 + context.env.random.next() / 4), request.signal);
    }
  }
}

/** How long to stay away before the same request again; undefined when it may have been applied, or would not help. */
function refusalWaitMs(error: unknown): number | undefined {
  if (!isApiError(error)) return undefined;
  if (error.status === 429) return error.retryAfterMs ?? 1000;
  return error.status === 503 ? error.retryAfterMs : undefined;
}

async function attemptRequest(context: ApiRequestContext, request: ApiRequest, timeoutMs: number): Promise<unknown> {
  const deadline = startDeadline(context.env.timers, timeoutMs, request.signal);
  try {
    const response = await openRequest(context, { ...request, signal: deadline.signal });
    const text = await readText(response).catch((error: unknown) => {
      throw noAnswer(request, error);
    });
    return decodeAnswer(request, response, text);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw deadline.hasPassed ? noAnswer(request, deadline.signal.reason) : error;
  } finally {
    deadline.end();
  }
}

/** The whole body as text. */
export async function readText(response: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function decodeAnswer(request: ApiRequest, response: TransportResponse, text: string): unknown {
  const body = parseJson(text);
  if (response.status < 200 || response.status > 299) throw refusal(request, response, body);
  if (body !== undefined) return body;
  throw new ApiError({
    status: response.status,
    reason: 'Unknown',
    detail: 'the answer is not JSON',
    request: lineOf(request),
    action: request.action,
  });
}

/** The error for an answer outside 2xx whose body was read. */
export function refusal(
  request: ApiRequest,
  response: Pick<TransportResponse, 'status' | 'headers'>,
  body: unknown,
): ApiError {
  const { status, headers } = response;
  return apiErrorFrom({ status, headers, body }, { request: lineOf(request), action: request.action });
}
