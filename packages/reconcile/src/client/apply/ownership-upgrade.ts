import type { JsonObject } from '../../object/json.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../../object/object.ts';
import { onlyField, withoutField } from './field-split.ts';
import { formatFieldsV1, parseFieldsV1, unionOf, type FieldSet } from './managed-fields.ts';
import { isOwn, replicasPath } from './plan-apply.ts';

/** One step of a JSON patch (RFC 6902). */
export interface JsonPatchStep {
  readonly op: 'replace' | 'test';
  readonly path: string;
  readonly value: unknown;
}

/**
 * A JSON patch that turns the manager's Update entries into its Apply entry, so that the next apply removes what is no
 * longer desired (what client-go's `csaupgrade` does). The replica count stays behind in an Update entry: an apply that
 * leaves it out must not reset it. Undefined when the manager has no Update entry. `object` must come straight from
 * the server, with every manager's entries; the patch changes nothing (409) unless it is still at this resourceVersion.
 */
export function ownershipUpgrade(object: KubernetesObject, manager: string): readonly JsonPatchStep[] | undefined {
  const entries = object.metadata.managedFields ?? [];
  const updates = entries.filter((entry) => isOwn(entry, manager) && entry.operation === 'Update');
  const newest = updates.at(-1);
  if (newest === undefined) return undefined;
  const applied = entries.find((entry) => isOwn(entry, manager) && entry.operation === 'Apply');
  const moved = [...updates, ...(applied === undefined ? [] : [applied])]
    .map((entry) => withoutField(parseFieldsV1(entry.fieldsV1 ?? {}), replicasPath))
    .filter((set) => set !== undefined);
  const value = [
    ...entries.filter((entry) => entry !== applied && !updates.includes(entry)),
    ...updates.flatMap((entry) => {
      const count = onlyField(parseFieldsV1(entry.fieldsV1 ?? {}), replicasPath);
      return count === undefined ? [] : [withFields(entry, count)];
    }),
    ...(moved.length === 0 ? [] : [{ ...withFields(newest, moved.reduce(unionOf)), operation: 'Apply' as const }]),
  ];
  return [
    { op: 'replace', path: '/metadata/managedFields', value },
    // Setting the version that the object has already is a precondition: a `test` that fails would be a 422.
    { op: 'replace', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion },
  ];
}

function withFields(entry: ManagedFieldsEntry, set: FieldSet): ManagedFieldsEntry {
  const fieldsV1: JsonObject = formatFieldsV1(set);
  return { ...entry, fieldsType: 'FieldsV1', fieldsV1 };
}
