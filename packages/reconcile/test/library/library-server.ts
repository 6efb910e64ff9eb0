import type { ClusterConnection } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';

/** An API server that the library's tests run on: simkube, or a real one. */
export interface LibraryServer {
  readonly env: Env;
  /** As an administrator. */
  readonly connection: ClusterConnection;
  /** As a user who may do only what a test grants. */
  connectionAs(user: string): Promise<ClusterConnection>;
  /** A token of a ServiceAccount that exists. */
  tokenOf(namespace: string, serviceAccount: string): Promise<string>;
  /** Waits, in the server's own time, for what comes about by itself. Rejects after half a minute. */
  until(isDone: () => boolean): Promise<void>;
  /** Lets what is under way go on for this long, in the server's own time. */
  pause(ms: number): Promise<void>;
  close(): Promise<void>;
}
