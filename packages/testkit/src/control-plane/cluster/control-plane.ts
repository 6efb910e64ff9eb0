import type { Env } from '@canaryop/reconcile/env';

import type { KwokOptions } from '../kwok/kwok-options.ts';
import type { ProcessScope } from '../processes/managed-process.ts';
import type { TestCluster } from '../../test-cluster.ts';
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

/** A running control plane of its own, on loopback. Read the audit log before `stop`. */
export interface ControlPlane extends TestCluster {
  /** Process ids by program. */
  readonly pids: Readonly<Record<string, number>>;
  /** What its processes share: for further programs, which then end with it. */
  readonly scope: ProcessScope;
  /** What the API server wrote down so far, oldest first. A request that was answered is there. */
  auditEvents(): Promise<readonly AuditEvent[]>;
}
