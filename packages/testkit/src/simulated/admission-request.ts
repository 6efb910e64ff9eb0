import type { Reader } from '@canaryop/reconcile/client';
import { silentLogger } from '@canaryop/reconcile/env';
import { apiVersionOf, keyOf, keyText, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';
import type { AdmissionRequest } from '@canaryop/reconcile/webhook';

/**
 * What an API server would ask a webhook about a write of this object, and the warnings that the webhook gives: to call
 * a webhook as the function that it is. A CREATE by an administrator, unless `details` say otherwise; what the webhook
 * reads is `readerOf(objects)`.
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
    reader: readerOf([]),
    signal: new AbortController().signal,
    log: silentLogger,
    warn: (message) => warnings.push(message),
    ...details,
  };
  return { request, warnings };
}

/** Reads from these objects, by kind, namespace and name; selectors select nothing. */
export function readerOf(objects: readonly KubernetesObject[]): Reader {
  const of = <T extends KubernetesObject>(kind: ResourceKind<T>): readonly T[] =>
    objects.filter(
      (each) => each.kind === kind.kind && each.apiVersion === apiVersionOf(kind),
    ) as unknown as readonly T[];
  return {
    get: (kind, key) => Promise.resolve(of(kind).find((each) => keyText(keyOf(each)) === keyText(key))),
    list: (kind, { namespace } = {}) =>
      Promise.resolve(of(kind).filter((each) => namespace === undefined || each.metadata.namespace === namespace)),
  };
}
