import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { jsonEqual, type JsonObject } from '../object/json.ts';
import { isMerged, mergeDiff, mergePatch } from './merge-diff.ts';

const parse = (text: string): JsonObject => JSON.parse(text) as JsonObject;
const isNullFree = (value: unknown): boolean =>
  value !== null && (typeof value !== 'object' || Array.isArray(value) || Object.values(value).every(isNullFree));
const json = fc
  .dictionary(fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor'), fc.string()), fc.jsonValue())
  .map((value) => parse(JSON.stringify(value)))
  .filter(isNullFree);

describe('a merge patch', () => {
  it('made from two values turns the one into the other', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const patch = mergeDiff(from, to);
        const merged = patch === undefined ? from : mergePatch(from, parse(JSON.stringify(patch)));
        expect(jsonEqual(merged, to)).toBe(true);
      }),
    );
  });

  it('is none exactly when the two are equal', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        expect(mergeDiff(from, to) === undefined).toBe(jsonEqual(from, to));
        expect(mergeDiff(from, structuredClone(from))).toBeUndefined();
      }),
    );
  });

  it.each([
    ['a changed field only', '{"a":1,"b":2}', '{"a":1,"b":3}', { b: 3 }],
    ['null for a field that is gone', '{"a":1,"b":2}', '{"a":1}', { b: null }],
    ['null for a field that is to be null', '{"a":1}', '{"a":null}', { a: null }],
    ['nothing for a null that is absent already', '{}', '{"a":null}', undefined],
    ['a changed list whole', '{"a":[1,2]}', '{"a":[1,3]}', { a: [1, 3] }],
    ['nested changes alone', '{"a":{"b":1,"c":2}}', '{"a":{"b":1,"c":3}}', { a: { c: 3 } }],
    ['an empty map where there was none', '{}', '{"a":{}}', { a: {} }],
    ['a map in place of a list', '{"a":[1]}', '{"a":{"b":1}}', { a: { b: 1 } }],
  ])('says %s', (_, from, to, patch) => {
    expect(mergeDiff(parse(from), parse(to))).toEqual(patch);
  });

  it('is merged already exactly when merging it changes nothing', () => {
    fc.assert(
      fc.property(json, json, fc.boolean(), (from, to, wasSent) => {
        const patch = mergeDiff(from, to) ?? {};
        const live = wasSent ? (mergePatch(from, patch) as JsonObject) : from;
        expect(isMerged(live, patch)).toBe(jsonEqual(mergePatch(live, patch), live));
      }),
    );
  });

  it.each([
    ['an equal field', '{"a":1,"b":2}', '{"a":1}', true],
    ['another value', '{"a":1}', '{"a":2}', false],
    ['a list that is longer', '{"a":[1]}', '{"a":[1,2]}', false],
    ['null for what is absent', '{}', '{"a":null}', true],
    ['null for what is there', '{"a":1}', '{"a":null}', false],
    ['a null below a map that is absent', '{"metadata":{}}', '{"metadata":{"annotations":{"x":null}}}', true],
    ['nulls deep below a map that is absent', '{}', '{"a":{"b":{"c":null},"d":null}}', true],
    ['a value beside a null below a map that is absent', '{}', '{"a":{"b":null,"c":1}}', false],
    ['an empty map where there is none', '{}', '{"spec":{"emptyDir":{}}}', false],
    ['a null below what is no map', '{"a":"text"}', '{"a":{"b":null}}', false],
    ['a name of the prototype', '{}', '{"constructor":{"x":1}}', false],
  ])('is or is not merged already: %s', (_, live, patch, expected) => {
    expect(isMerged(parse(live), parse(patch))).toBe(expected);
  });

  it('cannot reach the prototype of what it is merged into', () => {
    const merged = mergePatch({}, parse('{"__proto__":{"polluted":true},"constructor":{"x":1}}')) as JsonObject;
    expect(merged['polluted']).toBeUndefined();
    expect(({} as JsonObject)['polluted']).toBeUndefined();
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":true},"constructor":{"x":1}}');
  });
});
