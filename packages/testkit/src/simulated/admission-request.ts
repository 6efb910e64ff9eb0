import { silentLogger } from '@canaryop/reconcile/env';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import type { AdmissionRequest } from '@canaryop/reconcile/webhook';

/**
 * What an API server would ask a webhook about a write of this object, and the warnings that the webhook gives: to call
 * a webhook as the function that it is. A CREATE by an administrator, unless `details` say otherwise.
 */
export function admissionRequest<T extends KubernetesObject>(
  object: T,
  details: Partial<AdmissionRequest<T>> = {},
): { readonly request: AdmissionRequest<T>; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const { name, namespace } = object.metadata;
  const request: AdmissionRequest<T> = {
    uid: '00000000-0000-4000-8000-000000000000',
    operation: 'CREATE',
    name,
    ...(namespace === undefined ? {} : { namespace }),
    object,
    user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
    isDryRun: false,
    signal: new AbortController().signal,
    log: silentLogger,
    warn: (message) => warnings.push(message),
    ...details,
  };
  return { request, warnings };
}
