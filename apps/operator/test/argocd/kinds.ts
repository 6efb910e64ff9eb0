import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

/** Argo CD's words for whether the cluster is as git says. */
export type SyncStatus = 'Synced' | 'OutOfSync' | 'Unknown';
/** Argo CD's words for how an object is; an Application is as its worst object. */
export type HealthStatus = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown';

/** The parts of an Application that tests look at. */
export interface Application extends KubernetesObject {
  readonly spec: { readonly source: { readonly repoURL: string; readonly path: string } };
  readonly status?: {
    readonly sync?: { readonly status: SyncStatus; readonly revision?: string };
    readonly health?: { readonly status?: HealthStatus };
    readonly resources?: readonly ResourceStatus[];
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    /** When it was compared with git last. */
    readonly reconciledAt?: string;
    readonly operationState?: { readonly syncResult?: { readonly resources?: readonly SyncedResource[] } };
  };
}

/** What an Application says about one of its objects. */
export interface ResourceStatus {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly status?: SyncStatus;
  readonly health?: { readonly status: HealthStatus; readonly message?: string };
}

/** How one object fared in the last sync. */
export interface SyncedResource {
  readonly status?: string;
  readonly message?: string;
}

export const Application = resourceKind<Application>({
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Application',
  plural: 'applications',
});
