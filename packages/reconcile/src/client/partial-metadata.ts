import type { KubernetesObject } from '../object/object.ts';
import { apiVersionOf, type ResourceKind } from '../object/resource-kind.ts';

/**
 * The `Accept` header of reads of a kind: `PartialObjectMetadata` for `metadataOnly` kinds. Plain JSON comes second,
 * for aggregated servers that know nothing else.
 * @param answer what comes: a list, or single objects, as from get and watch.
 */
export function acceptOf({ metadataOnly }: ResourceKind, answer: 'list' | 'object'): string | undefined {
  if (metadataOnly !== true) return undefined;
  const as = answer === 'list' ? 'PartialObjectMetadataList' : 'PartialObjectMetadata';
  return `application/json;as=${as};g=meta.k8s.io;v=v1,application/json`;
}

/** Gives a received object the apiVersion and kind that lists leave out, and, of a `metadataOnly` kind, nothing but metadata. */
export function asKind<T extends KubernetesObject>(object: T, kind: ResourceKind<T>): T {
  const type = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  // A metadata-only kind carries the type KubernetesObject, which is no more than this.
  if (kind.metadataOnly === true) return { ...type, metadata: object.metadata } as T;
  return typeof object.kind === 'string' && typeof object.apiVersion === 'string' ? object : { ...object, ...type };
}
