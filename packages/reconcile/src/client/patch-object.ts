import { isJsonObject, type JsonObject } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';
import { keyOf } from '../object/object-key.ts';
import { apiVersionOf, resourcePath, type ResourceKind } from '../object/resource-kind.ts';
import { sendRequest, type ApiRequest } from './api-request.ts';
import { shapeOfDesired } from './apply/shape.ts';
import type { Desired } from './client.ts';
import { observeWritten, type ClientContext } from './client-context.ts';
import { isMerged, mergeDiff, mergePatch } from './merge-diff.ts';
import { labelOf, targetOf, type Target } from './target.ts';

const mergePatchType = 'application/merge-patch+json';

/** See `Writer.create`. */
export async function createObject<T extends KubernetesObject>(
  context: ClientContext,
  kind: ResourceKind<T>,
  object: Desired<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { metadata } = object;
  context.creations.take(kind, object);
  const created = (await mutate(context, {
    method: 'POST',
    path: resourcePath(kind, { namespace: metadata.namespace }),
    contentType: 'application/json',
    body: { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind },
    action: `create ${labelOf(kind, keyOf({ metadata }))}`,
    signal,
  })) as T;
  context.sent.set(created.metadata.uid, shapeOfDesired(object));
  return observeWritten(context, kind, created);
}

/** See `Writer.updateStatus`. */
export async function patchStatus<T extends KubernetesObject & { readonly status?: unknown }>(
  context: ClientContext,
  write: {
    readonly kind: ResourceKind<T>;
    readonly live: T;
    readonly status: T['status'];
    readonly signal: AbortSignal | undefined;
  },
): Promise<T> {
  const { kind, live, status } = write;
  const diff = mergeDiff({ status: live.status }, { status });
  if (diff === undefined) return live;
  const target = targetOf(kind, live, 'status');
  const answer = await mutate(context, mergeRequest(target, `update status of ${target.label}`, diff, write.signal));
  return observeWritten(context, kind, answer as T);
}

/** See `Writer.confirm`. */
export async function confirmObject(
  context: ClientContext,
  kind: ResourceKind,
  live: KubernetesObject,
  signal: AbortSignal | undefined,
): Promise<void> {
  const target = targetOf(kind, live, 'status');
  await mutate(context, mergeRequest(target, `confirm ${target.label}`, {}, signal));
}

/** See `Writer.patch`. */
export async function patchObject<T extends KubernetesObject>(
  context: ClientContext,
  write: {
    readonly kind: ResourceKind<T>;
    readonly live: T;
    readonly patch: object;
    readonly signal: AbortSignal | undefined;
  },
): Promise<T> {
  const { kind, live, patch } = write;
  if (isMerged(live, patch)) return live;
  const target = targetOf(kind, live);
  const request = mergeRequest(target, `patch ${target.label}`, patch as JsonObject, write.signal);
  return observeWritten(context, kind, (await mutate(context, request)) as T);
}

/** See `Writer.scale`. */
export async function scaleObject<T extends KubernetesObject>(
  context: ClientContext,
  write: {
    readonly kind: ResourceKind<T>;
    readonly live: T;
    readonly replicas: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<T> {
  const { kind, live, replicas } = write;
  if (isMerged(live, { spec: { replicas } })) return live;
  const target = targetOf(kind, live, 'scale');
  const action = `scale ${target.label} to ${replicas}`;
  const scale = await mutate(context, mergeRequest(target, action, { spec: { replicas } }, write.signal));
  const version = isJsonObject(scale) ? (scale as unknown as KubernetesObject).metadata.resourceVersion : undefined;
  return version === undefined ? live : observeWritten(context, kind, scaled(live, replicas, version));
}

/**
 * The object behind an answered Scale. The write was conditional on `live`, so nothing else differs; a changed spec
 * raises the generation, without which a reader would take the old status for the new count's.
 */
function scaled<T extends KubernetesObject>(live: T, replicas: number, resourceVersion: string): T {
  const { generation } = live.metadata;
  const metadata = { resourceVersion, ...(generation === undefined ? {} : { generation: generation + 1 }) };
  return mergePatch(live, { metadata, spec: { replicas } }) as T;
}

function mergeRequest(target: Target, action: string, patch: JsonObject, signal: AbortSignal | undefined): ApiRequest {
  const metadata = isJsonObject(patch['metadata']) ? patch['metadata'] : {};
  return {
    method: 'PATCH',
    path: target.path,
    contentType: mergePatchType,
    body: { ...patch, metadata: { ...metadata, ...target.precondition } },
    action,
    signal,
  };
}

/** Sends a mutation under the client's field manager and fence. */
export function mutate(context: ClientContext, request: ApiRequest): Promise<unknown> {
  const { fieldManager, fence, limits } = context;
  return sendRequest(context, { ...request, query: { ...request.query, fieldManager }, fence }, limits);
}
