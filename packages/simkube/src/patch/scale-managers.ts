import type { Json } from '../schema/structural-schema.ts';
import { differenceOf, emptyFieldSet, fieldSet, isEmptyFieldSet, leafField, type FieldSet } from './field-set.ts';
import { decodeManagers, encodeManagers, type ManagerFields, type Managers } from './managed-fields.ts';

/** Where a kind keeps its replica count. */
export interface ReplicasField {
  /** Names of the fields on the way to it, for instance `spec` and `replicas`. */
  readonly path: readonly string[];
  /** The version of the request: whoever owns the count through the scale owns it in this version. */
  readonly apiVersion: string;
}

const scaleVersion = 'autoscaling/v1';
const replicasOfScale = setOf(['spec', 'replicas']);

/**
 * The `metadata.managedFields` of an object's Scale: those who own the replica count of the object own that of the
 * Scale, as apimachinery's ScaleHandler has it.
 */
export function managersOfScale(managedFields: unknown, { path }: ReplicasField): Json {
  const owners = [...parentManagers(managedFields)].filter(([, { fields }]) => has(fields, path));
  const entries = owners.map(([identity, entry]): [string, ManagerFields] => [
    identity,
    { ...entry, apiVersion: scaleVersion, fields: replicasOfScale },
  ]);
  return encodeManagers(new Map(entries)) as unknown as Json;
}

/**
 * The managers of an object after a write to its Scale, of which `scaleFields` is the `metadata.managedFields`. An
 * updater is not known by the name that it has in the Scale, as that has another version: it loses the count and, if it
 * kept it, gets it back in an entry of its own, without a time. When such a pair is read again the later entry, the one
 * with a time, is all that is left. An applier is known.
 */
export function managersAfterScale(managedFields: unknown, scaleFields: unknown, field: ReplicasField): Managers {
  const counted = setOf(field.path);
  const parent = parentManagers(managedFields);
  const scale = new Map(decodeManagers(scaleFields));
  const kept = [...parent].flatMap(([identity, entry]): [string, ManagerFields][] => {
    if (!has(entry.fields, field.path) || scale.delete(identity)) return [[identity, entry]];
    const fields = differenceOf(entry.fields, counted);
    return isEmptyFieldSet(fields) ? [] : [[identity, { ...entry, fields }]];
  });
  const gained = [...scale]
    .filter(([, { fields }]) => has(fields, ['spec', 'replicas']))
    .map(([identity, entry]): [string, ManagerFields] => [
      identity,
      { ...entry, apiVersion: field.apiVersion, fields: counted, time: parent.get(identity)?.time },
    ]);
  return new Map([...kept, ...gained]);
}

/** An unreadable record is none. */
function parentManagers(managedFields: unknown): Managers {
  return decodeManagers(managedFields) ?? new Map<string, ManagerFields>();
}

function setOf(path: readonly string[]): FieldSet {
  return path.reduceRight<FieldSet>((below, name) => fieldSet(false, new Map([[`f:${name}`, below]])), leafField);
}

function has(fields: FieldSet, path: readonly string[]): boolean {
  return path.reduce((set, name) => set.children.get(`f:${name}`) ?? emptyFieldSet, fields).member;
}
