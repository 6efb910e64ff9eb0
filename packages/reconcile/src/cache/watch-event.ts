import { isJsonObject, parseJson, type JsonObject } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ResourceKind } from '../object/resource-kind.ts';
import { apiErrorFrom, isApiError, isExpired, type ApiError } from '../client/api-error.ts';
import { asKind } from '../client/partial-metadata.ts';
import type { InformerProblem } from './cache.ts';
import type { WatchInput } from './watch-machine.ts';

/** How the server says that an object changed. */
export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** A decoded line of a watch: the machine's input, and for a change the object. */
export interface DecodedEvent<T extends KubernetesObject> {
  readonly input: WatchInput;
  readonly change?: { readonly type: ChangeType; readonly object: T };
}

/** Decodes one line of a watch stream. What cannot be understood becomes `undecodable`, never silence. */
export function decodeEvent<T extends KubernetesObject>(line: string, kind: ResourceKind<T>): DecodedEvent<T> {
  const event = parseJson(line);
  if (!isJsonObject(event) || !isJsonObject(event['object'])) return undecodable('a line is not a watch event');
  const { type, object } = event as { readonly type: unknown; readonly object: JsonObject };
  if (type === 'ERROR') return { input: errorOf(object) };
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const resourceVersion = metadata['resourceVersion'];
  if (typeof resourceVersion !== 'string') return undecodable('an event carries no resourceVersion');
  if (type === 'BOOKMARK') return { input: { type: 'bookmark', resourceVersion, endsList: endsList(metadata) } };
  if (!isChangeType(type)) return undecodable(`an event has the unknown type ${JSON.stringify(type)}`);
  if (typeof metadata['name'] !== 'string') return undecodable('an event carries an object without a name');
  return { input: { type: 'event', resourceVersion }, change: { type, object: asKind(object as unknown as T, kind) } };
}

/** The bookmark after the last object of a streaming list is annotated. */
function endsList(metadata: JsonObject): boolean {
  const { annotations } = metadata;
  return isJsonObject(annotations) && annotations['k8s.io/initial-events-end'] === 'true';
}

function isChangeType(type: unknown): type is ChangeType {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED';
}

function undecodable(message: string): { readonly input: WatchInput } {
  return { input: { type: 'undecodable', message } };
}

/** An ERROR event carries a `metav1.Status`, with its own code. */
function errorOf(status: JsonObject): WatchInput {
  const code = typeof status['code'] === 'number' ? status['code'] : 500;
  return failureOf(apiErrorFrom({ status: code, headers: {}, body: status }, { request: 'GET', action: 'watch' }));
}

/** What the machine needs to know of an error that ended a list or a watch. */
export function failureOf(error: unknown): WatchInput & { readonly type: 'failed' } {
  const message = error instanceof Error ? error.message : String(error);
  const refused = isApiError(error) ? error : undefined;
  return {
    type: 'failed',
    problem: { reason: refused === undefined ? 'Unreachable' : reasonOf(refused), message },
    expired: isExpired(error),
    invalid: refused?.status === 400 || refused?.status === 422,
    retryAfterMs: refused?.retryAfterMs,
    silent: false,
  };
}

function reasonOf({ status, details }: ApiError): InformerProblem['reason'] {
  if (status === 404) return 'NotInstalled';
  if (status === 401 || status === 403) return 'Forbidden';
  // How the server says that it has not come as far as what we have seen.
  if (details?.causes?.some(({ reason }) => reason === 'ResourceVersionTooLarge') === true) return 'Stale';
  return 'Refused';
}
