import { annotationErrors, labelErrors } from '../../../schema/selector-validation.ts';
import { fieldErrorsText } from '../../../schema/field-error.ts';
import { isJsonObject, stringAt, withFields, type ApiObject, type JsonObject } from '../../object/api-object.ts';
import { deepEqual } from '../../object/deep-equal.ts';
import { asApiObject, asJson } from '../../object/json.ts';
import type { Conversion } from './conversion-webhook.ts';

/** What a webhook gave back for an object, if it may be that: with the object's own metadata but for labels and annotations. */
export function convertedObject(original: ApiObject, converted: unknown, apiVersion: string): Conversion {
  const invalid = (why: string): Conversion => ({ ok: false, why: `returned invalid object${why}` });
  if (!isJsonObject(converted)) return invalid(': it is no object');
  const version = stringAt(converted, 'apiVersion') ?? '';
  if (version !== apiVersion)
    return invalid(` at index 0: invalid groupVersion (expected ${apiVersion}, received ${version})`);
  const kind = stringAt(converted, 'kind') ?? '';
  if (kind !== original.kind) return invalid(` at index 0: invalid kind (expected ${original.kind}, received ${kind})`);
  const changed = identityProblem(original, converted);
  if (changed !== undefined) return invalid(`: ${changed}`);
  const metadata = restoredMetadata({ ...original.metadata }, converted['metadata']);
  if (typeof metadata === 'string') return { ok: false, why: `returned invalid metadata: ${metadata}` };
  return { ok: true, object: asApiObject(asJson(withFields(converted, { metadata }))) };
}

function identityProblem(original: ApiObject, converted: JsonObject): string | undefined {
  for (const [field, name] of [
    ['name', 'name'],
    ['namespace', 'namespace'],
    ['uid', 'UID'],
  ] as const) {
    const [before, after] = [original.metadata[field] ?? '', stringAt(converted, 'metadata', field) ?? ''];
    if (before !== after) return `must have the same ${name}: ${before} != ${after}`;
  }
  return undefined;
}

function restoredMetadata(original: JsonObject, converted: unknown): JsonObject | string {
  if (converted === undefined) return 'missing metadata in converted object';
  if (!isJsonObject(converted)) return `invalid metadata of type ${goType(converted)} in converted object`;
  const kept: Record<string, unknown> = {};
  for (const field of ['labels', 'annotations'] as const) {
    const value = converted[field] ?? undefined;
    const problem = value === undefined ? undefined : mapProblem(field, value, original[field]);
    if (problem !== undefined) return problem;
    kept[field] = value;
  }
  return withFields(original, kept);
}

function mapProblem(field: 'labels' | 'annotations', value: unknown, original: unknown): string | undefined {
  if (!isJsonObject(value)) return `invalid metadata.${field} of type ${goType(value)} in converted object`;
  const odd = Object.entries(value).find(([, each]) => typeof each !== 'string');
  if (odd !== undefined) {
    return `metadata.${field}[${odd[0]}] must be a string, but is ${goType(odd[1])} in converted object`;
  }
  if (deepEqual(value, original ?? {})) return undefined;
  const map = asJson(value);
  const errors =
    field === 'labels' ? labelErrors(map, 'metadata.labels') : annotationErrors(map, 'metadata.annotation');
  return errors.length === 0 ? undefined : fieldErrorsText(errors);
}

function goType(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64';
    default:
      if (value === null) return '<nil>';
      return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
  }
}
