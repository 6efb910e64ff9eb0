import { seededRandom } from '@canaryop/reconcile/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalJson, hashName, randomSuffix } from './safe-name.ts';

describe('generated names', () => {
  it('have only characters that cannot make words', () => {
    expect(randomSuffix(seededRandom(1))).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(hashName(text)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
      }),
    );
  });

  it('follow from content, not from the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).toReversed());
        expect(canonicalJson(turned)).toBe(canonicalJson(object));
      }),
    );
    expect(canonicalJson({ a: [1, { c: null, b: undefined }] })).toBe('{"a":[1,{"c":null}]}');
  });
});
