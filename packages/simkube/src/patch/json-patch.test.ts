import { describe, expect, it } from 'vitest';

import type { Json, JsonObject } from '../schema/structural-schema.ts';
import { jsonPatch } from './json-patch.ts';

const object: JsonObject = { a: { b: [1, 2, 3], 'c/d': 'x', 'e~f': 'y' }, n: null };

describe('jsonPatch', () => {
  it.each([
    ['adds a field', [{ op: 'add', path: '/z', value: 1 }], { ...object, z: 1 }],
    [
      'inserts into a list',
      [{ op: 'add', path: '/a/b/1', value: 9 }],
      { ...object, a: { ...(object['a'] as object), b: [1, 9, 2, 3] } },
    ],
    [
      'appends with -',
      [{ op: 'add', path: '/a/b/-', value: 4 }],
      { ...object, a: { ...(object['a'] as object), b: [1, 2, 3, 4] } },
    ],
    [
      'removes a list item',
      [{ op: 'remove', path: '/a/b/0' }],
      { ...object, a: { ...(object['a'] as object), b: [2, 3] } },
    ],
    [
      'unescapes ~1 and ~0',
      [
        { op: 'replace', path: '/a/c~1d', value: 1 },
        { op: 'replace', path: '/a/e~0f', value: 2 },
      ],
      { ...object, a: { b: [1, 2, 3], 'c/d': 1, 'e~f': 2 } },
    ],
    ['moves', [{ op: 'move', from: '/a/b', path: '/b' }], { a: { 'c/d': 'x', 'e~f': 'y' }, n: null, b: [1, 2, 3] }],
    ['copies', [{ op: 'copy', from: '/a/b/0', path: '/b' }], { ...object, b: 1 }],
    [
      'goes on after a test that holds',
      [
        { op: 'test', path: '/a/b/2', value: 3 },
        { op: 'remove', path: '/n' },
      ],
      { a: object['a'] },
    ],
    ['takes a missing value for null in a test', [{ op: 'test', path: '/nowhere', value: null }], object],
  ] as [string, Json, JsonObject][])('%s', (_, patch, result) => {
    expect(jsonPatch(object, patch)).toEqual({ ok: true, object: result });
  });

  it('sets what a replace does not find, and copies a field that is missing as null, as kube-apiserver does', () => {
    expect(jsonPatch({ a: {} }, [{ op: 'replace', path: '/z', value: 1 }])).toEqual({
      ok: true,
      object: { a: {}, z: 1 },
    });
    expect(jsonPatch({ a: {} }, [{ op: 'copy', from: '/a/x', path: '/y' }])).toEqual({
      ok: true,
      object: { a: {}, y: null },
    });
  });

  it.each([
    ['a test that fails', [{ op: 'test', path: '/a/b/0', value: 2 }], 'Invalid', 'testing value /a/b/0 failed'],
    ['replace below what is not there', [{ op: 'replace', path: '/z/y', value: 1 }], 'Invalid', 'missing'],
    ['remove of what is not there', [{ op: 'remove', path: '/a/b/3' }], 'Invalid', 'missing'],
    ['add below what is not there', [{ op: 'add', path: '/z/y', value: 1 }], 'Invalid', 'missing'],
    ['an index past the end', [{ op: 'add', path: '/a/b/4', value: 1 }], 'Invalid', 'invalid index'],
    ['an unknown operation', [{ op: 'frob', path: '/a' }], 'Invalid', 'Unexpected kind: frob'],
    ['a patch that is no list', { op: 'add' }, 'BadRequest', 'cannot unmarshal'],
  ] as [string, Json, string, string][])('refuses %s', (_, patch, reason, message) => {
    expect(jsonPatch(object, patch)).toEqual({ ok: false, reason, message: expect.stringContaining(message) });
  });

  it('does not reach prototypes', () => {
    const result = jsonPatch({}, [{ op: 'add', path: '/__proto__/polluted', value: true }]);
    expect(result.ok).toBe(false);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(jsonPatch({}, [{ op: 'add', path: '/__proto__', value: 1 }])).toMatchObject({ ok: true });
  });
});
