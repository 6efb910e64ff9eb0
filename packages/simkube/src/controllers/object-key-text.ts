import type { ObjectKey } from '@canaryop/reconcile/object';

/** The key that `keyText` wrote as `namespace/name` or `name`. */
export function splitKey(text: string): ObjectKey {
  const slash = text.indexOf('/');
  return slash === -1 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
