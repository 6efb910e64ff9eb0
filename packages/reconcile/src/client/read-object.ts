import { deepFreeze, isJsonObject } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ObjectKey } from '../object/object-key.ts';
import { groupResourceOf, resourcePath, type ResourceKind } from '../object/resource-kind.ts';
import { isExpired, isNotFound } from './api-error.ts';
import { sendRequest } from './api-request.ts';
import type { ListOptions } from './client.ts';
import type { ClientContext } from './client-context.ts';
import { acceptOf, asKind } from './partial-metadata.ts';
import { labelOf } from './target.ts';

const pageSize = 500;
/** A list whose continue token expires again and again is changing faster than it can be read. */
const maxListRestarts = 5;

/** See `Reader.get`. */
export async function getObject<T extends KubernetesObject>(
  context: ClientContext,
  kind: ResourceKind<T>,
  key: ObjectKey,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  try {
    const path = resourcePath(kind, key);
    const action = `get ${labelOf(kind, key)}`;
    const accept = acceptOf(kind, 'object');
    const answer = await sendRequest(context, { method: 'GET', path, accept, action, signal }, context.limits);
    return deepFreeze(asKind(answer as T, kind));
  } catch (error) {
    // A missing kind is a 404 too, but then `details` names no object.
    if (isNotFound(error) && error.details?.name !== undefined) return undefined;
    throw error;
  }
}

/** See `Reader.list`. */
export async function listObjects<T extends KubernetesObject>(
  context: ClientContext,
  kind: ResourceKind<T>,
  options: ListOptions,
  signal: AbortSignal | undefined,
): Promise<readonly T[]> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      return await listPages(context, kind, options, signal);
    } catch (error) {
      if (!isExpired(error) || restarts >= maxListRestarts) throw error;
    }
  }
}

async function listPages<T extends KubernetesObject>(
  context: ClientContext,
  kind: ResourceKind<T>,
  options: ListOptions,
  signal: AbortSignal | undefined,
): Promise<readonly T[]> {
  const { namespace, labelSelector, fieldSelector } = options;
  const objects: T[] = [];
  let next: string | undefined;
  do {
    const answer = await sendRequest(
      context,
      {
        method: 'GET',
        path: resourcePath(kind, { namespace }),
        accept: acceptOf(kind, 'list'),
        query: {
          limit: String(pageSize),
          ...(labelSelector === undefined ? {} : { labelSelector }),
          ...(fieldSelector === undefined ? {} : { fieldSelector }),
          ...(next === undefined ? {} : { continue: next }),
        },
        action: `list ${groupResourceOf(kind)}${namespace === undefined ? '' : ` in ${namespace}`}`,
        signal,
      },
      context.limits,
    );
    const page = decodeList(answer, kind);
    for (const item of page.items) objects.push(deepFreeze(item));
    next = page.continueToken;
  } while (next !== undefined);
  return objects;
}

/** One page of a list. */
export interface ListPage<T extends KubernetesObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string | undefined;
  /** Absent on the last page. */
  readonly continueToken: string | undefined;
}

/**
 * Reads a `List` as the server sends it. Its items carry no apiVersion and kind of their own for built-in types: they
 * are filled in. Throws when the answer is not a list.
 */
export function decodeList<T extends KubernetesObject>(answer: unknown, kind: ResourceKind<T>): ListPage<T> {
  const metadata = isJsonObject(answer) ? answer['metadata'] : undefined;
  const items = isJsonObject(answer) ? (answer['items'] ?? []) : undefined;
  if (!isJsonObject(metadata) || !Array.isArray(items)) {
    throw new Error(`list ${groupResourceOf(kind)}: the answer is not a list of objects`);
  }
  const token = metadata['continue'];
  const version = metadata['resourceVersion'];
  return {
    items: items.map((item: T) => asKind(item, kind)),
    resourceVersion: typeof version === 'string' ? version : undefined,
    continueToken: typeof token === 'string' && token !== '' ? token : undefined,
  };
}
