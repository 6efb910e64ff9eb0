import type { Env } from '../env/env.ts';
import type { ConnectionPool } from '../env/transport.ts';
import type { RequestInfo } from './api-request.ts';
import { applyObject } from './apply/apply-object.ts';
import { sentShapes } from './apply/sent-shapes.ts';
import type { ClientContext } from './client-context.ts';
import type { Client } from './client.ts';
import { CreationBudget } from './creation-budget.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import { deleteObject } from './delete-object.ts';
import type { Fence } from './fence.ts';
import type { WriteObserver } from './observed-write.ts';
import { confirmObject, createObject, patchObject, patchStatus, scaleObject } from './patch-object.ts';
import { getObject, listObjects } from './read-object.ts';

/** What a client is made of. */
export interface ClientOptions {
  readonly env: Env;
  readonly connection: ClusterConnection;
  /** Owner of the fields that this client writes (server-side apply, KEP-555). One per controller manager, stable over releases. */
  readonly fieldManager: string;
  /** Asked before each mutation leaves; throws `FencedError` when the lease could have run out. Absent: always free. */
  readonly fence?: Fence;
  /** Told of every answered write before its caller is; `cache.observe` makes the cache read our own writes. */
  readonly observe?: WriteObserver;
  /** @default the field manager */
  readonly userAgent?: string;
  /** One attempt of a request, body included, in milliseconds. Must be shorter than the lease. @default 10000 */
  readonly timeoutMs?: number;
  /** Whose connections it waits for. @default 'requests' */
  readonly pool?: ConnectionPool;
  /** Told of every exchange, for metrics. */
  readonly onRequest?: (info: RequestInfo) => void;
}

/**
 * A client of one API server. Objects are plain JSON, frozen; what a write returns is what the server answered.
 * A 429, or a 503 with Retry-After, is tried again up to 3 times when the server asks for at most 5 s; nothing else is,
 * because a request without an answer may have been applied. Refusals reject with `ApiError`, silence with
 * `NoAnswerError`, and a mutation that is fenced off with `FencedError`.
 */
export function createClient(options: ClientOptions): Client {
  const context = clientContext(options);
  return {
    get: (kind, key, signal) => getObject(context, kind, key, signal),
    list: (kind, which, signal) => listObjects(context, kind, which ?? {}, signal),
    create: (kind, object, signal) => createObject(context, kind, object, signal),
    apply: (kind, live, desired, signal) => applyObject(context, { kind, live, desired, signal }),
    updateStatus: (kind, live, status, signal) => patchStatus(context, { kind, live, status, signal }),
    confirm: (kind, live, signal) => confirmObject(context, kind, live, signal),
    patch: (kind, live, patch, signal) => patchObject(context, { kind, live, patch, signal }),
    scale: (kind, live, replicas, signal) => scaleObject(context, { kind, live, replicas, signal }),
    delete: (kind, live, how, signal) => deleteObject(context, { kind, live, propagation: how?.propagation, signal }),
  };
}

function clientContext(options: ClientOptions): ClientContext {
  return {
    env: options.env,
    connection: options.connection,
    userAgent: options.userAgent ?? options.fieldManager,
    pool: options.pool,
    onRequest: options.onRequest,
    fieldManager: options.fieldManager,
    limits: { timeoutMs: options.timeoutMs ?? 10_000, maxRetries: 3, maxRetryAfterMs: 5000 },
    fence: options.fence,
    sent: sentShapes(),
    creations: new CreationBudget(options.env.clock),
    observe: options.observe ?? (() => undefined),
  };
}
