import { apiVersionOf, type ObjectMeta } from '@canaryop/reconcile/object';

import { CanaryApp } from './canaryapp.ts';

/** Metadata of an object that an application owns: garbage collection removes it with its owner, wherever we are by then. */
export function ownedMetadata(app: CanaryApp, name: string): ObjectMeta {
  const { name: owner, namespace, uid = '' } = app.metadata;
  const reference = {
    apiVersion: apiVersionOf(CanaryApp),
    kind: CanaryApp.kind,
    name: owner,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return { name, ...(namespace === undefined ? {} : { namespace }), ownerReferences: [reference] };
}
