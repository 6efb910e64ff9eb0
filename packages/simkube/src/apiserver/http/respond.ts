import type { Status, StatusError } from '../status/status-error.ts';
import type { ApiResponse } from './api-request.ts';

const jsonHeaders = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' };

/** A JSON answer from text that is JSON already. */
export function jsonText(text: string, status = 200, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return { status, headers: { ...jsonHeaders, ...headers }, body: text };
}

/** A JSON answer. */
export function json(value: unknown, status = 200): ApiResponse {
  return jsonText(JSON.stringify(value), status);
}

/** The answer to a refusal. */
export function refusal(error: StatusError): ApiResponse {
  const retryAfter = error.status.details?.retryAfterSeconds;
  return jsonText(
    JSON.stringify(error.status),
    error.status.code,
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  );
}

/** The answer to a deletion that left nothing to show. */
export function success(details: Status['details']): ApiResponse {
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
}

/** The answer with `Warning` headers added (RFC 7234, code 299), one header line holding them all. */
export function withWarnings(response: ApiResponse, warnings: readonly string[]): ApiResponse {
  if (warnings.length === 0) return response;
  const warning = [...new Set(warnings)].map((text) => `299 - ${JSON.stringify(text)}`).join(', ');
  return { ...response, headers: { ...response.headers, warning } };
}
