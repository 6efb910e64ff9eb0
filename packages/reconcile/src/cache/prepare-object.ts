import { asKind } from '../client/partial-metadata.ts';
import { deepFreeze } from '../object/json.ts';
import { entryOfFields, type FieldPath } from '../object/field-manager.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ResourceKind } from '../object/resource-kind.ts';

/** Makes a received object fit for the cache: smaller if it can be, and frozen. */
export type PrepareObject<T extends KubernetesObject> = (object: T) => T;

/**
 * Drops the managedFields of everyone but `fieldManager`, whose entries decide what its next apply has to send, but for
 * what `managersOf` asks for, then applies `transform`, then freezes. The metadata is rebuilt rather than edited:
 * `delete` would leave a slow, larger object (2.1 KB against 1.4 KB for a small Deployment). A transform that throws is
 * reported, and the object kept whole.
 */
export function prepareObject<T extends KubernetesObject>(options: {
  readonly kind: ResourceKind<T>;
  readonly fieldManager: string;
  readonly managersOf?: readonly FieldPath[] | undefined;
  readonly transform: ((object: T) => T) | undefined;
  readonly onError: (error: unknown) => void;
}): PrepareObject<T> {
  const { kind, fieldManager, managersOf = [], transform, onError } = options;
  return (object) => {
    const pruned = withKnownFields(asKind(object, kind), fieldManager, managersOf);
    if (transform === undefined) return deepFreeze(pruned);
    try {
      return deepFreeze(transform(pruned));
    } catch (error) {
      onError(error);
      return deepFreeze(pruned);
    }
  };
}

function withKnownFields<T extends KubernetesObject>(
  object: T,
  fieldManager: string,
  managersOf: readonly FieldPath[],
): T {
  const { managedFields, ...metadata } = object.metadata;
  if (managedFields === undefined) return object;
  const kept = managedFields
    .map((entry) => (entry.manager === fieldManager ? entry : entryOfFields(entry, managersOf)))
    .filter((entry) => entry !== undefined);
  return { ...object, metadata: kept.length === 0 ? metadata : { ...metadata, managedFields: kept } };
}
