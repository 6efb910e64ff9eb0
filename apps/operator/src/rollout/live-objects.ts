import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';

/** The objects of an application's namespace, as the cache has them at one moment. */
export interface LiveObjects {
  get<T extends KubernetesObject>(kind: ResourceKind<T>, name: string): T | undefined;
  /** Objects of a kind that have this owner; absent where nobody asks for them. */
  ownedBy?<T extends KubernetesObject>(kind: ResourceKind<T>, uid: string): readonly T[];
  /** Whether a kind can be read here; absent where all that is asked for can. */
  canRead?(kind: ResourceKind): boolean;
}

/** An object of an application's namespace, by its name. */
export interface ObjectRef {
  readonly kind: ResourceKind;
  readonly name: string;
}
