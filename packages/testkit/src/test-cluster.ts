import type { ClusterConnection } from '@canaryop/reconcile/client';

/** A cluster of a test's own that listens on loopback: `startSimkube()` in this process, `startControlPlane()` for real. */
export interface TestCluster {
  /** Of the API server, `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** The CA that signed the server's certificate, in PEM. */
  readonly caData: string;
  /** Path of a kubeconfig for a member of `system:masters`. */
  readonly adminKubeconfig: string;
  /** The same identity for `createClient` and `createManager`. Closed by `stop`. */
  readonly connection: ClusterConnection;
  /** Writes a kubeconfig with a client certificate for this user, who may do what RBAC says. Resolves with its path. */
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  /** The same as a connection. Closed by `stop`. */
  connectionFor(user: string, groups?: readonly string[]): Promise<ClusterConnection>;
  /** A token of a service account. Rejects when there is no such service account. */
  serviceAccountToken(namespace: string, name: string): Promise<string>;
  /** Writes a kubeconfig with such a token, its namespace the account's. Resolves with its path. */
  serviceAccountKubeconfig(namespace: string, name: string): Promise<string>;
  /** Ends all of it and removes every file. May be called twice. */
  stop(): Promise<void>;
}
