import { isJsonObject, type Json, type JsonObject, type StructuralSchema } from './structural-schema.ts';

/** An object without the fields that its schema does not declare. */
export interface Pruned {
  /** The same reference when nothing was dropped. */
  readonly object: JsonObject;
  /** Paths that were dropped, as the API server's `unknown field "spec.foo"` names them. */
  readonly unknown: readonly string[];
}

/** How `prune` treats the object's root. */
export interface PruneOptions {
  /**
   * The schema of `metadata`, which belongs to every object and which a CRD can't describe; without it metadata is
   * kept as it is. Embedded resources are pruned with it too.
   */
  readonly metadata?: StructuralSchema;
  /** Whether the root is a Kubernetes object, whose `apiVersion`, `kind` and `metadata` are always declared. @default true */
  readonly resource?: boolean;
}

interface Walk {
  readonly metadata: StructuralSchema | undefined;
  readonly unknown: string[];
}

/**
 * Drops undeclared fields (KEP-1929 / structural pruning): `properties` and `additionalProperties` declare,
 * `x-kubernetes-preserve-unknown-fields` keeps what it stands on, declared children below it are still pruned.
 */
export function prune(schema: StructuralSchema, object: JsonObject, options: PruneOptions = {}): Pruned {
  const walk: Walk = { metadata: options.metadata, unknown: [] };
  const result = prunedObject(walk, schema, object, { path: '', resource: options.resource ?? true });
  return { object: result, unknown: walk.unknown };
}

interface Place {
  readonly path: string;
  readonly resource: boolean;
}

function pruned(walk: Walk, schema: StructuralSchema | undefined, value: Json, path: string): Json {
  if (schema === undefined) return value;
  if (Array.isArray(value)) return prunedArray(walk, schema.items, value as readonly Json[], path);
  if (!isJsonObject(value)) return value;
  return prunedObject(walk, schema, value, { path, resource: schema['x-kubernetes-embedded-resource'] === true });
}

function prunedArray(walk: Walk, items: StructuralSchema | undefined, list: readonly Json[], path: string): Json {
  if (items === undefined) return list;
  const result = list.map((item, index) => pruned(walk, items, item, `${path}[${index}]`));
  return result.some((item, index) => item !== list[index]) ? result : list;
}

function prunedObject(walk: Walk, schema: StructuralSchema, object: JsonObject, place: Place): JsonObject {
  const kept: [string, Json][] = [];
  let changed = false;
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const path = place.path === '' ? key : `${place.path}.${key}`;
    const declared = declaredChild(walk, schema, key, place.resource);
    if (declared === 'unknown') {
      walk.unknown.push(path);
      changed = true;
      continue;
    }
    const child = declared === 'kept' ? value : pruned(walk, declared, value, path);
    if (child !== value) changed = true;
    kept.push([key, child]);
  }
  return changed ? Object.fromEntries(kept) : object;
}

/** What every Kubernetes object has, whatever its schema says. */
const objectFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

function declaredChild(
  walk: Walk,
  schema: StructuralSchema,
  key: string,
  resource: boolean,
): StructuralSchema | 'kept' | 'unknown' {
  if (resource && objectFields.has(key)) return key === 'metadata' ? (walk.metadata ?? 'kept') : 'kept';
  if (schema.properties !== undefined && Object.hasOwn(schema.properties, key)) return schema.properties[key] ?? 'kept';
  const rest = schema.additionalProperties;
  if (typeof rest === 'object') return rest;
  if (rest === true || schema['x-kubernetes-preserve-unknown-fields'] === true) return 'kept';
  return isOpaque(schema) ? 'kept' : 'unknown';
}

/** Built-in schemas for raw JSON (`RawExtension`, `FieldsV1`, a CRD's `default`) declare nothing and keep everything. */
function isOpaque(schema: StructuralSchema): boolean {
  return schema.type === undefined && schema.properties === undefined && schema.additionalProperties === undefined;
}
