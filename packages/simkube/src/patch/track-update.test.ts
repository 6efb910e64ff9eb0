import { describe, expect, it } from 'vitest';

import type { Json, JsonObject, StructuralSchema } from '../schema/structural-schema.ts';
import { fieldSetFromV1 } from './field-set.ts';
import { trackUpdate, type UpdateToTrack } from './track-update.ts';

/** A custom kind of two versions. */
const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        free: { 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
    status: { type: 'object', properties: { count: { type: 'integer' } } },
  },
};
const reset = fieldSetFromV1({ 'f:status': {} });
const now = '2026-01-01T00:00:00Z';

function owned(fields: JsonObject, apiVersion: string, object: JsonObject): JsonObject {
  const entry = { manager: 'first', operation: 'Apply', apiVersion, fieldsType: 'FieldsV1', fieldsV1: fields };
  return { ...object, metadata: { managedFields: [entry] } };
}

function ownersAfter(before: JsonObject, after: JsonObject, more: Partial<UpdateToTrack> = {}): unknown {
  const tracked = trackUpdate({ schema, before, after, manager: 'second', apiVersion: 'e/v2', reset, now, ...more });
  const { managedFields = [] } = (tracked['metadata'] ?? {}) as { managedFields?: readonly JsonObject[] };
  return managedFields.map(({ manager, fieldsV1 }) => [manager, fieldsV1]);
}

describe('the owners after an update', () => {
  const status = { 'f:status': { 'f:count': {} } };
  const counted = { spec: {}, status: { count: 1 } };

  it.each([
    ['keep a status of their own version that the update leaves out', 'e/v2', [['first', status]]],
    ['lose it in another version, whose fields nobody resets', 'e/v1', []],
  ])('%s', (_, apiVersion, owners) => {
    expect(ownersAfter(owned(status, apiVersion, counted), counted, { sent: { spec: {} } })).toEqual(owners);
  });

  it.each([
    ['are forgotten when one of another version would have to be judged by an object with duplicates', 'e/v1', []],
    ['are kept with duplicates where no other version has a say', 'e/v2', [['first', { 'f:spec': {} }]]],
  ])('%s', (_, apiVersion, owners) => {
    const twice = { spec: { tags: ['a', 'a'] } };
    expect(ownersAfter(owned({ 'f:spec': {} }, apiVersion, twice), twice)).toEqual(owners);
  });

  it.each<[string, Json, Json, JsonObject]>([
    ['a number that becomes a map', 3, { a: 1 }, { '.': {}, 'f:a': {} }],
    ['a map that becomes a number', { a: 1 }, 3, {}],
  ])('own %s as a whole, and what is in it now', (_, before, after, free) => {
    const fields = { 'f:spec': { 'f:free': typeof before === 'number' ? {} : { '.': {}, 'f:a': {} } } };
    const live = owned(fields, 'e/v2', { spec: { free: before } });
    expect(ownersAfter(live, { spec: { free: after } })).toEqual([['second', { 'f:spec': { 'f:free': free } }]]);
  });
});
