import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { defineKind, s } from '@canaryop/reconcile/crd';
import { validateObject } from '@canaryop/reconcile/validation';
import { kindVersions, olderVersion } from '@canaryop/reconcile/versions';

import { objectsOf } from './objects-of.ts';
import { checkRoundTrips } from './round-trips.ts';

const names = { group: 'demo.io', version: 'v1', kind: 'Thing' };
const Thing = defineKind({
  ...names,
  spec: s
    .object({
      name: s.string({ pattern: '^[a-z]+$', maxLength: 8 }),
      size: s.int({ minimum: 1, maximum: 5 }).default(2),
      step: s.int({ multipleOf: 3, minimum: 0, maximum: 9 }),
      share: s.number({ minimum: 0, maximum: 1 }).optional(),
      when: s.string({ format: 'date-time' }).optional(),
      wait: s.string({ format: 'duration' }).optional(),
      port: s.intOrString({ maxLength: 5 }),
      mode: s.enum(['a', 'b']),
      hosts: s.array(s.string({ maxLength: 5 }), { listType: 'set', minItems: 1, maxItems: 3 }),
      parts: s.array(s.object({ name: s.string({ maxLength: 3 }) }), {
        listType: 'map',
        listMapKeys: ['name'],
        maxItems: 3,
      }),
      labels: s.record(s.string({ maxLength: 3 }), { maxProperties: 2 }),
      note: s.string({ maxLength: 9 }).nullable().optional(),
    })
    .rule('self.size < 5 || self.mode == "b"', 'large things are b'),
  status: s.object({ conditions: s.conditions().optional() }),
});
const Old = defineKind({ ...names, version: 'v1beta1', spec: s.object({ size: s.string({ pattern: '^[1-9]$' }) }) });
const New = defineKind({
  ...names,
  spec: s.object({ size: s.int({ minimum: 1, maximum: 9 }), tall: s.boolean().default(false) }),
});
const conversion = {
  up: ({ spec }: { spec: { size: string } }) => ({ spec: { size: Number(spec.size), tall: false } }),
  down: ({ spec }: { spec: { size: number } }) => ({ spec: { size: String(spec.size) } }),
};

describe('objects of a kind', () => {
  it('are what an API server would store', () => {
    fc.assert(
      fc.property(objectsOf(Thing), (thing) => {
        expect(validateObject(Thing, thing)).toEqual([]);
        expect(Thing.withDefaults(thing)).toEqual(thing);
      }),
    );
  });

  it('differ in everything that may differ', () => {
    const samples = fc.sample(objectsOf(Thing), { numRuns: 300, seed: 1 });
    const seen = (of: (thing: (typeof samples)[number]) => unknown) =>
      new Set(samples.map((each) => JSON.stringify(of(each))));
    expect(seen(({ spec }) => spec.mode)).toEqual(new Set(['"a"', '"b"']));
    expect([...seen(({ spec }) => spec.step)].sort()).toEqual(['0', '3', '6', '9']);
    expect(seen(({ spec }) => spec.note === null).size).toBe(2);
    expect(seen(({ spec }) => typeof spec.port).size).toBe(2);
    expect(seen(({ status }) => status === undefined).size).toBe(2);
  });

  it('are not to be had where rules refuse nearly all', () => {
    const Rare = defineKind({
      ...names,
      spec: s.object({ size: s.int() }).rule('self.size == 123456', 'must be 123456'),
    });
    expect(() => fc.sample(objectsOf(Rare), 1)).toThrow('Thing: hardly any object of its schema is valid; spec');
  });
});

describe('round trips of a kind', () => {
  it('may keep what the current version has no word for, if that is said', () => {
    const Smoky = defineKind({
      ...names,
      version: 'v1beta1',
      spec: s.object({ size: s.string({ pattern: '^[1-9]$' }), smoking: s.boolean().optional() }),
    });
    const versions = kindVersions(New, [olderVersion(New, Smoky, conversion)]);
    expect(() => checkRoundTrips(versions, { seed: 1 })).toThrow('spec.smoking');
    checkRoundTrips(versions, { mayKeep: ['spec.smoking'] });
  });

  it('hold for conversions that are right', () => {
    checkRoundTrips(kindVersions(New, [olderVersion(New, Old, conversion)]));
  });

  it.each([
    [
      'says nothing that is valid',
      { ...conversion, down: () => ({ spec: { size: 'large' } }) },
      'is not valid: spec.size',
    ],
    [
      'mixes up what it is given',
      {
        ...conversion,
        up: ({ spec }: { spec: { size: string } }) => ({ spec: { size: spec.size === '7' ? 8 : 7, tall: true } }),
      },
      'v1beta1 to v1: spec.size of',
    ],
  ])('find a conversion that %s', (_what, wrong, said) => {
    const versions = kindVersions(New, [olderVersion(New, Old, wrong)]);
    expect(() => checkRoundTrips(versions, { seed: 1 })).toThrow(said);
  });
});
