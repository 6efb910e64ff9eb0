import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';

/** The objects of an application's namespace, as the cache has them at one moment. */
export interface LiveObjects {
  get<T extends KubernetesObject>(kind: ResourceKind<T>, name: string): T | undefined;
}

/** An object of an application's namespace, by its name. */
export interface ObjectRef {
  readonly kind: ResourceKind;
  readonly name: string;
}
