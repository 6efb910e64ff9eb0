import type { OnProgress } from '../control-plane/index.ts';

/** How Argo CD is started. */
export interface ArgoCdOptions {
  /** Folders of kustomize components that are laid over Argo CD's own configuration, as its users do it. @default none */
  readonly components?: readonly string[];
  /** Seconds after which an Application is compared with git again, if nothing asks for it before. @default 20 */
  readonly resyncSeconds?: number;
  /** How long each program may take to be ready, in milliseconds. Builds don't count. @default 60000 */
  readonly startTimeoutMs?: number;
  /** Told of builds and of what takes seconds, one line each. @default lines on standard error */
  readonly onProgress?: OnProgress;
}

/** A running Argo CD without its API server and UI: what compares Applications with git and syncs them. */
export interface ArgoCd {
  /** Where its Applications and AppProjects are. */
  readonly namespace: 'argocd';
  /** Who its requests come from, in audit events. */
  readonly user: 'argocd-application-controller';
  /** Process ids by program. */
  readonly pids: Readonly<Record<string, number>>;
  /** Ends its processes. What it made in the cluster stays. May be called twice; ending the control plane does it as well. */
  stop(): Promise<void>;
}
