import type { KubernetesObject } from './object.ts';

declare const objectType: unique symbol;

/**
 * Names a kind on the wire and carries its type at compile time. `resourceKind` makes one for kinds that exist
 * already; a custom kind gets one together with its schema.
 */
export interface ResourceKind<T extends KubernetesObject = KubernetesObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower-case plural, as in URLs. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Reads ask the server for nothing but `metadata`: see `metadataOnly`. */
  readonly metadataOnly?: true;
  /** Never present at run time. */
  readonly [objectType]?: T;
}

/** The object type that a kind carries. */
export type ObjectOf<K> = K extends ResourceKind<infer T> ? T : never;

/** Describes an existing kind, for instance `resourceKind<Service>({ group: '', version: 'v1', kind: 'Service', plural: 'services' })`. */
export function resourceKind<T extends KubernetesObject>(names: {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  /** @default true */
  readonly namespaced?: boolean;
}): ResourceKind<T> {
  return { ...names, namespaced: names.namespaced ?? true };
}

/**
 * The same kind without spec, status and data, as a controller needs it that looks at names, labels and owners only:
 * `.watches(metadataOnly(Secret), ...)`. Reads ask the API server for `PartialObjectMetadata`, so that neither the network
 * nor the memory sees the rest. A controller that declares a kind this way reads it this way too.
 */
export function metadataOnly(kind: ResourceKind): ResourceKind {
  const { group, version, plural, namespaced } = kind;
  return { group, version, kind: kind.kind, plural, namespaced, metadataOnly: true };
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(kind: ResourceKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** `deployments.apps`, or `services` for the core group: how RBAC errors and kubectl name a resource. */
export function groupResourceOf(kind: ResourceKind): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** Path below the server's root of a collection, an object or a subresource; every segment is percent-encoded. */
export function resourcePath(
  kind: ResourceKind,
  at: { namespace?: string | undefined; name?: string; subresource?: string } = {},
): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const segments = [
    ...(kind.namespaced && at.namespace !== undefined && at.namespace !== '' ? ['namespaces', at.namespace] : []),
    kind.plural,
    ...(at.name === undefined ? [] : [at.name]),
    ...(at.subresource === undefined ? [] : [at.subresource]),
  ];
  return `${root}/${segments.map(encodeURIComponent).join('/')}`;
}
