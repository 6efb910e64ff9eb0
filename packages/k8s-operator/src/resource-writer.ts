import type { Cache } from '@canaryop/reconcile/cache';
import {
  isConflict,
  isNotFound,
  mergePatch,
  sendRequest,
  type ApiRequestContext,
  type Client,
} from '@canaryop/reconcile/client';
import { jsonEqual, keyOf, resourcePath, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import { nextFinalizers } from './next-finalizers.ts';
import type { ResourceMeta } from './original.ts';

/** What a write is about. */
export interface Target {
  readonly kind: ResourceKind;
  readonly meta: ResourceMeta;
  /** The object behind `meta`; undefined for a meta that the operator made itself. */
  readonly known: KubernetesObject | undefined;
}

const limits = { timeoutMs: 10_000, maxRetries: 3, maxRetryAfterMs: 5000 } as const;
/** Each means that somebody else has changed the object in the meantime. */
const maxConflicts = 5;

/** The original's writes: the same requests, so that the same Role allows them, and each of them conditional. */
export class ResourceWriter {
  readonly #context: ApiRequestContext;
  readonly #client: Client;
  readonly #cache: Cache;

  constructor(parts: { readonly context: ApiRequestContext; readonly client: Client; readonly cache: Cache }) {
    this.#context = parts.context;
    this.#client = parts.client;
    this.#cache = parts.cache;
  }

  /**
   * Writes the status, as a whole (PUT) or by a merge patch, if the object is still as `meta` says: by resourceVersion as
   * the original does, and by uid where it is known. A status that is there already is not sent. Rejects with a 409
   * when the object has changed.
   */
  async writeStatus(method: 'PUT' | 'PATCH', target: Target, status: unknown): Promise<KubernetesObject> {
    const { kind, meta, known } = target;
    if (known !== undefined && hasStatus(known, method, status)) return known;
    const { apiVersion, name, namespace, resourceVersion } = meta;
    const at = namespace === undefined ? { name } : { name, namespace };
    const uid = known?.metadata.uid;
    const answer = await sendRequest(
      this.#context,
      {
        method,
        path: resourcePath(kind, { ...at, subresource: 'status' }),
        contentType: method === 'PUT' ? 'application/json' : 'application/merge-patch+json',
        body: {
          apiVersion,
          kind: meta.kind,
          metadata: { ...at, resourceVersion, ...(uid === undefined ? {} : { uid }) },
          status,
        },
        action: `write status of ${meta.id} ${name}`,
      },
      limits,
    );
    const object = answer as KubernetesObject;
    this.#cache.observe({ type: 'written', kind, object });
    return object;
  }

  /**
   * Gives the object the finalizers that are wanted, compared with those that the asker knew of: what others have
   * added or removed in the meantime stays so. An object that is gone needs none.
   * @param cached the newest state in memory, so that most writes need no read
   */
  async writeFinalizers(
    { kind, meta, known }: Target,
    cached: KubernetesObject | undefined,
    wanted: readonly string[],
  ): Promise<void> {
    let object = cached;
    const knownFinalizers = known === undefined ? undefined : (known.metadata.finalizers ?? []);
    for (let conflicts = 0; ; conflicts += 1) {
      object ??= await this.#client.get(kind, keyOf({ metadata: meta }));
      if (object === undefined || isAnother(object, known)) return;
      const finalizers = nextFinalizers(object.metadata.finalizers ?? [], knownFinalizers, wanted);
      try {
        await this.#client.patch(kind, object, { metadata: { finalizers } });
        return;
      } catch (error) {
        if (isNotFound(error)) return;
        if (!isConflict(error) || conflicts >= maxConflicts) throw error;
        object = undefined;
      }
    }
  }
}

function isAnother(object: KubernetesObject, known: KubernetesObject | undefined): boolean {
  return known !== undefined && known.metadata.uid !== object.metadata.uid;
}

function hasStatus(object: KubernetesObject & { readonly status?: unknown }, method: string, status: unknown): boolean {
  const { status: present } = object;
  return jsonEqual(present, method === 'PUT' ? status : mergePatch(present, status));
}
