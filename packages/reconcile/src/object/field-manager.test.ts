import { describe, expect, it } from 'vitest';

import { entryOfFields, lastManagerOf, ownsField } from './field-manager.ts';
import type { ManagedFieldsEntry } from './object.ts';

const command = ['metadata', 'annotations', 'example.com/command'];
const replicas = ['spec', 'replicas'];
const fields = {
  'f:metadata': { 'f:annotations': { '.': {}, 'f:example.com/command': {}, 'f:example.com/other': {} } },
  'f:spec': { 'f:replicas': {}, 'f:template': { 'f:spec': {} } },
};
const entry = (manager: string, time: string, fieldsV1: object = fields): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  time,
  fieldsV1: fieldsV1 as Readonly<Record<string, unknown>>,
});
const object = (...managedFields: readonly ManagedFieldsEntry[]) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', managedFields },
});

describe('who set a field', () => {
  it('is the one that changed something last, of those that have it', () => {
    const old = entry('old', '2026-01-01T00:00:00Z');
    const young = entry('young', '2026-01-02T00:00:00Z');
    const other = entry('other', '2026-01-03T00:00:00Z', { 'f:data': {} });
    expect(lastManagerOf(object(old, young, other), command)).toEqual({
      name: 'young',
      operation: 'Update',
      time: '2026-01-02T00:00:00Z',
    });
  });

  it.each([
    ['there are no entries', []],
    ['nobody has it', [entry('other', '2026-01-03T00:00:00Z', { 'f:metadata': { 'f:annotations': { '.': {} } } })]],
    ['an entry has no fields', [{ manager: 'other' }]],
  ])('is nobody when %s', (_when, entries) => {
    expect(lastManagerOf(object(...entries), command)).toBeUndefined();
  });

  it('does not take a name of JavaScript for a field', () => {
    expect(ownsField(entry('x', '', {}), ['constructor'])).toBe(false);
  });

  it('is kept without what else the manager has', () => {
    const kept = entryOfFields(entry('x', '2026-01-01T00:00:00Z'), [command, replicas, ['data']]);
    expect(kept).toEqual(
      entry('x', '2026-01-01T00:00:00Z', {
        'f:metadata': { 'f:annotations': { 'f:example.com/command': {} } },
        'f:spec': { 'f:replicas': {} },
      }),
    );
    expect(entryOfFields(entry('x', '', { 'f:data': {} }), [command])).toBeUndefined();
  });
});
