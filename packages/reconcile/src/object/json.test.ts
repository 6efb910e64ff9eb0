import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { deepFreeze, jsonEqual, setOwn } from './json.ts';
import { compareResourceVersions } from './resource-version.ts';
import { resourceKind, resourcePath } from './resource-kind.ts';

describe('JSON equality', () => {
  it('is that of the values, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        // The generated -0 is written as 0.
        const [a, b] = [left, right].map((value) => JSON.parse(JSON.stringify(value)) as unknown);
        expect(jsonEqual(a, JSON.parse(JSON.stringify(left)))).toBe(true);
        expect(jsonEqual(a, b)).toBe(jsonEqual(b, a));
        if (JSON.stringify(a) === JSON.stringify(b)) expect(jsonEqual(a, b)).toBe(true);
      }),
    );
    expect(jsonEqual({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
  });

  it.each([
    [{}, { a: undefined }, true],
    [{ a: null }, {}, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [{ constructor: 1 }, {}, false],
    [JSON.parse('{"__proto__":{"a":1}}'), {}, false],
    [JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}'), true],
  ])('of %j and %j is %j', (left, right, expected) => {
    expect(jsonEqual(left, right)).toBe(expected);
    expect(jsonEqual(right, left)).toBe(expected);
  });
});

it('an own __proto__ key stays data', () => {
  const target: Record<string, unknown> = {};
  setOwn(target, '__proto__', { polluted: true });
  expect(Object.hasOwn(target, '__proto__')).toBe(true);
  expect(target['polluted']).toBeUndefined();
});

it('a frozen object is frozen all the way down', () => {
  const object = deepFreeze({ a: [{ b: {} }] });
  expect([object.a, object.a[0], object.a[0]?.b].every((part) => Object.isFrozen(part))).toBe(true);
});

describe('the order of resource versions', () => {
  it('is that of integers, also past 2^53', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n }), fc.bigInt({ min: 0n, max: 2n ** 64n }), (left, right) => {
        const order = left < right ? -1 : left > right ? 1 : 0;
        expect(Math.sign(compareResourceVersions(String(left), String(right)) ?? Number.NaN)).toBe(order);
      }),
    );
  });

  it.each([
    ['abc', '1'],
    ['01', '1'],
    [undefined, '1'],
    ['', '1'],
    ['-1', '1'],
  ])('%j against %j is not known', (a, b) => {
    expect(compareResourceVersions(a, b)).toBeUndefined();
  });
});

describe('the path of an object', () => {
  const role = resourceKind({
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    kind: 'ClusterRole',
    plural: 'clusterroles',
    namespaced: false,
  });

  it.each(['MyRole:X', 'system:node', 'a.b-c', 'with%percent', 'ünïcode'])('keeps the name %j as it is', (name) => {
    const path = resourcePath(role, { name });
    expect(new URL(path, 'https://host').pathname).toBe(path);
    expect(decodeURIComponent(path.split('/').at(-1) ?? '')).toBe(name);
  });

  it('is the same after decoding, for every name that a path segment may hold', () => {
    const legal = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((name) => !/[/%]/.test(name) && name !== '.' && name !== '..');
    fc.assert(
      fc.property(legal, (name) => {
        const path = new URL(`https://host${resourcePath(role, { name })}`).pathname;
        expect(decodeURIComponent(path.split('/').at(-1) ?? '')).toBe(name);
      }),
    );
  });
});
