import type { KubernetesObject, ObjectMeta } from '../../object/object.ts';
import { groupResourceOf, type ResourceKind } from '../../object/resource-kind.ts';

/** The label by which a child is known to be a dependent, and which: what has lost it is never pruned. */
export const dependentLabel = 'reconcile.canaryop.io/dependent';

/** A child as desired. apiVersion, kind, the primary's namespace, the owner and the label are filled in. */
export type DesiredChild<T extends KubernetesObject> = Omit<T, 'status' | 'apiVersion' | 'kind' | 'metadata'> & {
  readonly metadata: Pick<ObjectMeta, 'name' | 'namespace' | 'labels' | 'annotations'>;
};

/** The children that a dependent comes after, each as it was observed to be ready. */
export interface ReadyDependents {
  /** The child, or the first of several; undefined when that dependent is not wanted. Throws for one that is not in `after`. */
  of<T extends KubernetesObject>(dependent: Dependent<never, T>): T | undefined;
  /** All its children. */
  allOf<T extends KubernetesObject>(dependent: Dependent<never, T>): readonly T[];
}

/** What is said of a child, or of several of one kind that are alike. All functions are pure: they see arguments only. */
export interface DependentOptions<P extends KubernetesObject, T extends KubernetesObject> {
  /** Unique among the dependents of a primary, and stable over releases: children carry it as a label. */
  readonly name: string;
  readonly kind: ResourceKind<T>;
  /** Nothing is made or changed before all children of these were observed ready, and they are deleted after this one. */
  readonly after?: readonly Dependent<P>[];
  /** What should be there; undefined or none: nothing. Called only once everything in `after` is ready. */
  desired(primary: P, ready: ReadyDependents): DesiredChild<T> | readonly DesiredChild<T>[] | undefined;
  /**
   * Whether a child does its work; a text says what is missing. Asked only of a child that is not being deleted, and
   * whose status, where it says so, is about its present spec. @default a child is ready once it is there
   */
  readyWhen?(child: T, primary: P): boolean | string;
  /** False: it is not wanted, whatever the state of what it comes after; nobody waits for it. @default always wanted */
  activeWhen?(primary: P): boolean;
}

/** One node of the graph of a primary's children. */
export interface Dependent<
  P extends KubernetesObject = KubernetesObject,
  T extends KubernetesObject = KubernetesObject,
> extends DependentOptions<P, T> {
  readonly after: readonly Dependent<P>[];
}

/** Declares a dependent of objects of kind `primary`. What it comes after has to exist already, so no cycle can be written. */
export function dependent<P extends KubernetesObject, T extends KubernetesObject>(
  _primary: ResourceKind<P>,
  options: DependentOptions<P, T>,
): Dependent<P, T> {
  return { ...options, after: [...(options.after ?? [])] };
}

/** The children of a kind of primaries, and their order. */
export interface Dependents<P extends KubernetesObject = KubernetesObject> {
  readonly primary: ResourceKind<P>;
  /** Each after all that it comes after. */
  readonly list: readonly Dependent<P>[];
  /** Keeps a deleted primary until its children are gone, in their order. Absent: garbage collection takes them, in none. */
  readonly finalizer: string | undefined;
  /** All kinds that children are, or were, of. */
  readonly kinds: readonly ResourceKind[];
}

/**
 * Puts dependents together. Throws for a name that is used twice, and for one that comes after what is not listed before
 * it, which a cycle could not satisfy.
 * @param options.finalizer `demo.io/children`: see `Dependents`.
 * @param options.retired kinds of which a former release had dependents and this one has none: what is left is pruned.
 */
export function dependents<P extends KubernetesObject>(
  primary: ResourceKind<P>,
  list: readonly Dependent<P>[],
  options: { readonly finalizer?: string; readonly retired?: readonly ResourceKind[] } = {},
): Dependents<P> {
  const listed = new Set<Dependent<P>>();
  const names = new Set<string>();
  for (const each of list) {
    const missing = each.after.find((other) => !listed.has(other));
    if (missing !== undefined)
      throw new Error(`dependent ${each.name} comes after ${missing.name}, which is not listed before it`);
    if (names.has(each.name))
      throw new Error(`there are two dependents ${each.name}; the name is how children are known`);
    names.add(each.name);
    listed.add(each);
  }
  const kinds = [...list.map(({ kind }) => kind), ...(options.retired ?? [])];
  const byName = new Map<string, ResourceKind>(kinds.map((kind) => [groupResourceOf(kind), kind]));
  return { primary, list, finalizer: options.finalizer, kinds: [...byName.values()] };
}
