import type { KubernetesObject, OwnerReference } from '../object/object.ts';

/**
 * The reference by which `owner` controls a child: it is garbage-collected with its owner, and one object has at most
 * one controller. Throws when the owner has no uid yet, because then nothing would ever collect the child.
 */
export function controllerReference(owner: KubernetesObject): OwnerReference {
  const { name, uid } = owner.metadata;
  if (uid === undefined)
    throw new Error(`${owner.kind} ${name} has no uid; own with the object as the server returned it`);
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** The controlling owner of an object, if it has one. */
export function controllerOf(object: Pick<KubernetesObject, 'metadata'>): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** Whether this very incarnation of `owner` controls `object`: names repeat, uids do not. */
export function isControlledBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  const { uid } = owner.metadata;
  return uid !== undefined && controllerOf(object)?.uid === uid;
}

/**
 * Whether garbage collection could follow the reference: an owner is cluster-scoped or in the child's namespace.
 * The API server takes any other reference too, and the collector then deletes the child.
 */
export function canOwn(owner: KubernetesObject, child: KubernetesObject): boolean {
  return owner.metadata.namespace === undefined || owner.metadata.namespace === child.metadata.namespace;
}
