import type { Json, JsonObject } from '../operation.ts';

/** Values of one field: what a server accepts, and what it may refuse. */
export interface FieldPool {
  /** Dotted; a dot inside of a name is written `\.`. */
  readonly path: string;
  readonly sound: readonly Json[];
  readonly faulty?: readonly Json[];
}

/** What sequences know of a kind. */
export interface KindPool {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  /** An object that is accepted, without apiVersion, kind and metadata. */
  readonly base: JsonObject;
  /** Fields that are set, changed and removed. */
  readonly fields: readonly FieldPool[];
  /** The same for the status subresource; absent where there is none. */
  readonly status?: readonly FieldPool[];
  /** Whether it has a scale subresource. */
  readonly scale?: boolean;
  /** Field selectors, sound and faulty. */
  readonly selectors?: readonly string[];
  /** Whether its objects own others and are owned in sequences: those that settling looks at. */
  readonly isCollected?: boolean;
  /** Names beside those of every kind. */
  readonly faultyNames?: readonly string[];
  /** Verbs other than those of objects are all there is: POST computes an answer. */
  readonly isReview?: boolean;
}

/** A pool of a namespaced kind of the core group, for short tables. */
export function field(path: string, sound: readonly Json[], faulty: readonly Json[] = []): FieldPool {
  return { path, sound, faulty };
}

/** Steps of a dotted path. */
export function steps(path: string): readonly string[] {
  return path.split(/(?<!\\)\./u).map((step) => step.replaceAll('\\.', '.'));
}

/** `apps/v1`, or `v1`. */
export function apiVersionOf({ group, version }: KindPool): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The path of a kind's objects in the sequence's namespace, or of all where it has none. */
export function collectionOf(pool: KindPool): string {
  const { group, version, plural, isNamespaced } = pool;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return isNamespaced ? `${root}/namespaces/{{ns}}/${plural}` : `${root}/${plural}`;
}
