import type { ManagedFieldsEntry } from '@canaryop/reconcile/object';
import { isJsonObject, type Json, type JsonObject } from '../schema/structural-schema.ts';
import { differenceOf, fieldSetFromV1, fieldSetToV1, isEmptyFieldSet, unionOf, type FieldSet } from './field-set.ts';

/** What one manager owns through one operation, version and subresource. */
export interface ManagerFields {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339, seconds; absent when an apply took ownership without changing anything. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** All managers of an object, by identity. */
export type Managers = ReadonlyMap<string, ManagerFields>;

/** Who makes a write. */
export interface Writer {
  /** The field manager; `unknown` when empty. */
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** The version of the request, for instance `apps/v1`. */
  readonly apiVersion: string;
  /** Empty for the object itself. */
  readonly subresource: string;
}

/** Two entries of one identity are one entry: an applier keeps its identity across versions, an updater does not. */
export function managerIdentity(writer: Writer): string {
  const version = writer.operation === 'Apply' ? '' : writer.apiVersion;
  return JSON.stringify([writer.manager, writer.operation, version, writer.subresource]);
}

/** The managers recorded in `metadata.managedFields`; undefined when an entry is malformed. */
export function decodeManagers(entries: unknown): Managers | undefined {
  const managers = new Map<string, ManagerFields>();
  if (!Array.isArray(entries)) return managers;
  for (const entry of entries as readonly Json[]) {
    const decoded = isJsonObject(entry) ? decodeEntry(entry) : undefined;
    if (decoded === undefined) return undefined;
    managers.set(managerIdentity(decoded), decoded);
  }
  return managers;
}

function decodeEntry(entry: JsonObject): ManagerFields | undefined {
  const { operation, apiVersion, fieldsType } = entry;
  if (operation !== 'Apply' && operation !== 'Update') return undefined;
  if (typeof apiVersion !== 'string' || apiVersion === '' || fieldsType !== 'FieldsV1') return undefined;
  return {
    manager: textOf(entry.manager),
    operation,
    apiVersion,
    subresource: textOf(entry.subresource),
    time: typeof entry.time === 'string' ? entry.time : undefined,
    fields: fieldSetFromV1(entry.fieldsV1),
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** `metadata.managedFields` for managers: appliers first, then by time, manager, version and subresource. */
export function encodeManagers(managers: Managers): readonly ManagedFieldsEntry[] {
  return [...managers.values()]
    .toSorted(compareManagers)
    .map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
      ...(manager === '' ? {} : { manager }),
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: fieldSetToV1(fields),
      ...(subresource === '' ? {} : { subresource }),
    }));
}

function compareManagers(a: ManagerFields, b: ManagerFields): number {
  return (
    compareTexts(a.operation, b.operation) ||
    compareTexts(a.time ?? '', b.time ?? '') ||
    compareTexts(a.manager, b.manager) ||
    compareTexts(a.apiVersion, b.apiVersion) ||
    compareTexts(a.subresource, b.subresource)
  );
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const neverOwned = fieldSetFromV1({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
  },
});

/** A set without the fields that identify an object or that the server itself writes. */
export function withoutServerFields(set: FieldSet): FieldSet {
  return differenceOf(set, neverOwned);
}

/** Most updaters that an object remembers; older ones are merged into one entry. */
const maxUpdateManagers = 10;

/** Merges the oldest updaters of each version into `ancient-changes` until at most ten are left. */
export function capUpdateManagers(managers: Managers): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  if (updaters.length <= maxUpdateManagers) return managers;
  updaters.sort(([, a], [, b]) => compareTexts(a.time ?? '', b.time ?? '') || compareTexts(a.manager, b.manager));
  const capped = new Map(managers);
  const firstOfVersion = new Map<string, string>();
  let left = updaters.length;
  for (const [identity, entry] of updaters) {
    if (left <= maxUpdateManagers) break;
    const first = firstOfVersion.get(entry.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(entry.apiVersion, identity);
      continue;
    }
    mergeIntoAncient(capped, first, identity);
    left -= 1;
  }
  return capped;
}

function mergeIntoAncient(managers: Map<string, ManagerFields>, first: string, identity: string): void {
  const entry = managers.get(identity);
  if (entry === undefined) return;
  const bucket: ManagerFields = { ...entry, manager: 'ancient-changes', subresource: '' };
  const key = managerIdentity(bucket);
  const held = managers.get(key) ?? managers.get(first);
  managers.delete(first);
  managers.delete(identity);
  managers.set(key, { ...bucket, fields: held === undefined ? entry.fields : unionOf(entry.fields, held.fields) });
}

/** Managers without those that own nothing. */
export function withoutEmpty(managers: Managers): Managers {
  return new Map([...managers].filter(([, { fields }]) => !isEmptyFieldSet(fields)));
}

/** An object with the managers written into its metadata, or without the field when there are none. */
export function withManagers(object: JsonObject, managers: Managers): JsonObject {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  const { managedFields: _, ...rest } = metadata;
  const entries = encodeManagers(managers) as unknown as Json;
  return { ...object, metadata: managers.size === 0 ? rest : { ...rest, managedFields: entries } };
}

/** An object without `metadata.managedFields`. */
export function withoutManagers(object: JsonObject): JsonObject {
  if (!isJsonObject(object.metadata) || !Object.hasOwn(object.metadata, 'managedFields')) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** The raw `metadata.managedFields`. */
export function managedFieldsOf(object: JsonObject | undefined): Json | undefined {
  return object !== undefined && isJsonObject(object.metadata) ? object.metadata.managedFields : undefined;
}
