import type { ClusterConnection } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';

import type { KwokOptions } from '../kwok/kwok-options.ts';
import type { ProcessScope } from '../processes/managed-process.ts';
import type { OnProgress } from '../programs/build-program.ts';
import type { AuditEvent, AuditPolicy } from './audit-log.ts';

/** How a control plane for tests is made. */
export interface ControlPlaneOptions {
  /** @default the process */
  readonly env?: Env;
  /**
   * kube-controller-manager: without it Deployments make no pods, garbage is not collected, deleted namespaces stay and
   * have no service account `default`. @default true
   */
  readonly controllerManager?: boolean;
  /** Nodes and pods that become ready, and a kube-scheduler between them. `true` for one node without delays. @default false */
  readonly kwok?: boolean | KwokOptions;
  /** What the audit log has. @default level Request for everything */
  readonly auditPolicy?: AuditPolicy;
  /** Admission plug-ins on top of those that are on by default, such as `OwnerReferencesPermissionEnforcement`. */
  readonly enableAdmissionPlugins?: readonly string[];
  /**
   * Admission plug-ins to switch off. Without the default, pods are refused until their namespace has its service account,
   * and have a token mounted, which needs a kubelet. @default ServiceAccount
   */
  readonly disableAdmissionPlugins?: readonly string[];
  /** Further flags by program, such as `{ 'kube-apiserver': ['--v=4'] }`. They win over ours. */
  readonly flags?: Readonly<Partial<Record<Component, readonly string[]>>>;
  /** How long each program may take to be ready, in milliseconds. Builds don't count. @default 120000 */
  readonly startTimeoutMs?: number;
  /** Told of builds, one line each. @default lines on standard error */
  readonly onProgress?: OnProgress;
}

/** Programs of a control plane. */
export type Component = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok';

/** A running control plane of its own, on loopback. */
export interface ControlPlane {
  /** Of the API server, `https://127.0.0.1:PORT`. */
  readonly url: string;
  /** The CA that signed the server's certificate, in PEM. */
  readonly caData: string;
  /** Path of a kubeconfig for a member of `system:masters`. */
  readonly adminKubeconfig: string;
  /** The same identity for `createClient` and `newManager`. Closed by `stop`. */
  readonly connection: ClusterConnection;
  /** Process ids by program. */
  readonly pids: Readonly<Record<string, number>>;
  /** What its processes share: for further programs, which then end with it. */
  readonly scope: ProcessScope;
  /** Writes a kubeconfig with a client certificate for this user, who may do what RBAC says. Resolves with its path. */
  kubeconfigFor(user: string, groups?: readonly string[]): Promise<string>;
  /** The same as a connection. Closed by `stop`. */
  connectionFor(user: string, groups?: readonly string[]): Promise<ClusterConnection>;
  /** A token from the TokenRequest API, for an hour. Rejects when there is no such service account. */
  serviceAccountToken(namespace: string, name: string): Promise<string>;
  /** Writes a kubeconfig with such a token, its namespace the account's. Resolves with its path. */
  serviceAccountKubeconfig(namespace: string, name: string): Promise<string>;
  /** What the API server wrote down so far, oldest first. A request that was answered is there. */
  auditEvents(): Promise<readonly AuditEvent[]>;
  /** Ends every process and removes every file. Read the audit log before. May be called twice. */
  stop(): Promise<void>;
}
