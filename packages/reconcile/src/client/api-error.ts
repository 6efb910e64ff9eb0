import { isJsonObject, type JsonObject } from '../object/json.ts';

/** Survives two copies of this package in one process, which `instanceof` would not. */
const brand = Symbol.for('@canaryop/reconcile/ApiError');

/** `metav1.StatusDetails`: which object, and for a validation error which fields. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  readonly retryAfterSeconds?: number;
}

/** What an `ApiError` is made from. */
export interface ApiErrorInit {
  readonly status: number;
  readonly reason: string;
  /** What the server said, or what we know when it said nothing. */
  readonly detail: string;
  readonly details?: StatusDetails | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Method and path, such as `PATCH /api/v1/namespaces/demo/services/web`. */
  readonly request: string;
  /** Verb and object in words, such as `apply services demo/web`. */
  readonly action: string;
}

/**
 * The API server refused a request. `message` says what was asked of which object, and the server's answer.
 * Tell errors apart with the `is...` guards, not with `instanceof` and not by message.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status code. */
  readonly status: number;
  /** `metav1.StatusReason`, such as `NotFound`; `Unknown` when the answer carried none. */
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** How long the server asked us to stay away, in milliseconds; undefined when it did not. */
  readonly retryAfterMs: number | undefined;
  /** Method and path. */
  readonly request: string;
  readonly [brand] = true;

  constructor(init: ApiErrorInit) {
    super(`${init.action}: ${init.detail} (${init.status} ${init.reason})`);
    this.status = init.status;
    this.reason = init.reason;
    this.details = init.details;
    this.retryAfterMs = init.retryAfterMs;
    this.request = init.request;
  }
}

/**
 * Reads a `metav1.Status` from a refused response. A body that is something else (a proxy's HTML, nothing) still gives
 * an error, with a reason derived from the status code.
 */
export function apiErrorFrom(
  response: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown },
  request: { readonly request: string; readonly action: string },
): ApiError {
  const status: JsonObject =
    isJsonObject(response.body) && response.body['kind'] === 'Status' ? response.body : Object.freeze({});
  const details = isJsonObject(status['details']) ? (status['details'] as StatusDetails) : undefined;
  const message = status['message'];
  const reason = status['reason'];
  return new ApiError({
    ...request,
    status: response.status,
    reason: typeof reason === 'string' && reason !== '' ? reason : (reasonOfStatus[response.status] ?? 'Unknown'),
    detail: typeof message === 'string' && message !== '' ? message : 'the server gave no message',
    details,
    retryAfterMs: retryAfterMs(response.headers, details),
  });
}

/** Milliseconds of `Retry-After` (delta-seconds, the only form that API servers send), or of the Status' details. */
function retryAfterMs(headers: Readonly<Record<string, string>>, details?: StatusDetails): number | undefined {
  const header = headers['retry-after'];
  const seconds = header !== undefined && /^\d{1,6}$/.test(header.trim()) ? Number(header) : details?.retryAfterSeconds;
  return typeof seconds === 'number' && seconds >= 0 ? seconds * 1000 : undefined;
}

const reasonOfStatus: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Gone',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** Any refusal by the API server, whichever copy of this package made it. */
export function isApiError(error: unknown): error is ApiError {
  return typeof error === 'object' && error !== null && brand in error;
}

const hasReason = (error: unknown, ...reasons: readonly string[]): error is ApiError =>
  isApiError(error) && reasons.includes(error.reason);

/** The object, or the kind itself, does not exist. */
export const isNotFound = (error: unknown): error is ApiError => hasReason(error, 'NotFound');
/** The name is taken. */
export const isAlreadyExists = (error: unknown): error is ApiError => hasReason(error, 'AlreadyExists');
/** The decision was made on a stale view: look again, decide again. */
export const isConflict = (error: unknown): error is ApiError => hasReason(error, 'Conflict');
/** The resource version or continue token is too old: list again. */
export const isExpired = (error: unknown): error is ApiError => hasReason(error, 'Expired', 'Gone');
/** RBAC or admission said no; it may be granted later. */
export const isForbidden = (error: unknown): error is ApiError => hasReason(error, 'Forbidden');
/** Nothing can be created in the namespace any more: it is on its way out, and everything in it. */
export const isNamespaceTerminating = (error: unknown): error is ApiError =>
  isForbidden(error) && error.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true;
/** Validation refused the object; `details.causes` names the fields. Retrying the same object cannot help. */
export const isInvalid = (error: unknown): error is ApiError => hasReason(error, 'Invalid');
/** The server is shedding load; `retryAfterMs` says for how long. */
export const isTooManyRequests = (error: unknown): error is ApiError => hasReason(error, 'TooManyRequests');
/** The credentials were refused, freshly loaded ones too. */
export const isUnauthorized = (error: unknown): error is ApiError => hasReason(error, 'Unauthorized');
