import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Json } from '../schema/structural-schema.ts';
import { jsonMergeDiff, jsonMergePatch } from './json-merge-patch.ts';

describe('jsonMergePatch', () => {
  it.each([
    ['replaces a value', { a: 'b' }, { a: 'c' }, { a: 'c' }],
    ['adds a value', { a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    ['deletes with null', { a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    ['replaces lists whole', { a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    ['merges inside', { a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    ['keeps nulls inside lists', { a: 'b' }, { a: [null] }, { a: [null] }],
    ['replaces a scalar by an object without its nulls', {}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ] satisfies [string, Json, Json, Json][])('%s (RFC 7396)', (_, target, patch, result) => {
    expect(jsonMergePatch(target, patch)).toEqual(result);
  });

  it.each([
    ['drops nulls of objects in a list that is new', {}, { a: [{ b: null, c: [{ d: null }] }] }, { a: [{ c: [{}] }] }],
    ['drops them in a list that replaces a list', { a: [1] }, { a: [{ b: null }] }, { a: [{}] }],
    ['keeps them in a list that replaces an object', { a: {} }, { a: [{ b: null }] }, { a: [{ b: null }] }],
  ] satisfies [string, Json, Json, Json][])('%s (as kube-apiserver does)', (_, target, patch, result) => {
    expect(jsonMergePatch(target, patch)).toEqual(result);
  });

  it('keeps the reference when nothing changes', () => {
    const target = { a: { b: 1 }, c: [1] };
    expect(jsonMergePatch(target, { a: { b: 1 }, d: null })).toBe(target);
  });

  it('treats __proto__ as any key', () => {
    const patched = jsonMergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(patched as object)).toEqual(['__proto__']);
  });

  it('undoes itself: the difference of two objects turns one into the other', () => {
    const value = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.string({ maxLength: 3 }),
        fc.boolean(),
        fc.array(fc.integer(), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('json'), { noNullPrototype: true }),
      ),
    })).json;
    const object = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { noNullPrototype: true });
    fc.assert(
      fc.property(object, object, (before, after) => {
        const patch = jsonMergeDiff(before, after);
        const result = patch === undefined ? before : jsonMergePatch(before, patch);
        expect(jsonMergeDiff(result, after)).toBeUndefined();
      }),
    );
  });
});
