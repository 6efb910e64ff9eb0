import type { Lister } from '../cache/cache.ts';
import type { Client } from '../client/client.ts';
import type { Clock } from '../env/clock.ts';
import type { Logger } from '../env/logger.ts';
import type { EventRecorder } from '../events/event-recorder.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ObjectKey } from '../object/object-key.ts';
import type { ResourceKind } from '../object/resource-kind.ts';

/** What to reconcile: a name, never an event. Whether the object still exists is for the reconciler to find out. */
export type Request = ObjectKey;

/** How a successful reconcile ended. */
export interface Result {
  /** Look again after this many milliseconds, unless a change comes first. Absent or 0: only when something changes. */
  readonly requeueAfterMs?: number;
}

/** What a manager gives to all its reconcilers. */
export interface ReconcileServices {
  readonly client: Client;
  readonly events: EventRecorder;
  /** Reads of a kind from the cache. Throws for a kind that the controller did not declare. */
  readonly lister: <T extends KubernetesObject>(kind: ResourceKind<T>) => Lister<T>;
}

/** What one reconcile is given. */
export interface ReconcileContext extends ReconcileServices {
  /** Aborts on shutdown, on loss of the lease, and on the reconcile timeout. Pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** The only time that a reconciler should know: a test may set it. */
  readonly clock: Clock;
  /** Adds controller, namespace, name and reconcileID to each line. */
  readonly log: Logger;
  /** Unique to this reconcile. */
  readonly reconcileId: string;
  /** Why the key was queued, for people; a reconciler that decides by it is not level-triggered. */
  readonly reasons: readonly string[];
  /** Failed reconciles of this key since the last success. */
  readonly failures: number;
}

/**
 * Moves the cluster towards what the object asks for, and can be run again at any time.
 * Throwing means "try again", with per-key back-off; a `TerminalError` means "do not"; waiting is `requeueAfterMs`.
 */
export type Reconciler = (request: Request, context: ReconcileContext) => Promise<Result | void>;
