import { isJsonObject, jsonEqual, ownValue, setOwn, type JsonObject } from '../object/json.ts';

/** A field that another version could not carry: what it came back as, and what it was. Absent stands for no field. */
export interface KeptField {
  readonly path: readonly string[];
  readonly was?: unknown;
  readonly is?: unknown;
}

/** The fields in which `source` differs from what came `back`. Lists are compared, and kept, as a whole. */
export function lostFields(source: unknown, back: unknown, path: readonly string[] = []): readonly KeptField[] {
  if (jsonEqual(source, back)) return [];
  if (!isJsonObject(source) || !isJsonObject(back))
    return [{ path, ...(back === undefined ? {} : { was: back }), ...(source === undefined ? {} : { is: source }) }];
  const keys = new Set([...Object.keys(source), ...Object.keys(back)]);
  return [...keys].sort().flatMap((key) => lostFields(ownValue(source, key), ownValue(back, key), [...path, key]));
}

/**
 * Puts kept fields back where the value is still what it had come back as: a field that somebody has set since in the
 * other version is that somebody's.
 */
export function restoreFields(body: JsonObject, kept: readonly KeptField[]): JsonObject {
  return kept.reduce((restored, field) => withField(restored, field.path, field) as JsonObject, body);
}

function withField(at: unknown, path: readonly string[], field: KeptField): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return jsonEqual(at, field.was) ? field.is : at;
  if (!isJsonObject(at)) return at;
  const inner = withField(ownValue(at, key), rest, field);
  if (inner === ownValue(at, key)) return at;
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(at)) if (name !== key) setOwn(copy, name, value);
  if (inner !== undefined) setOwn(copy, key, inner);
  return copy;
}

/** Reads what `JSON.stringify` of kept fields gave; anything else is nothing, because users can write annotations. */
export function parseKeptFields(text: string | undefined): readonly KeptField[] {
  if (text === undefined) return [];
  try {
    const fields: unknown = JSON.parse(text);
    return Array.isArray(fields) && fields.every(isKeptField) ? fields : [];
  } catch {
    return [];
  }
}

function isKeptField(value: unknown): value is KeptField {
  if (!isJsonObject(value)) return false;
  const path = ownValue(value, 'path');
  return Array.isArray(path) && path.length > 0 && path.every((segment) => typeof segment === 'string');
}
