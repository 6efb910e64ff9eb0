import { describe, expect, it } from 'vitest';

import { defineKind, type CustomKind } from '../crd/define-kind.ts';
import { s, type AnySchema } from '../crd/schema.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ObjectOf } from '../object/resource-kind.ts';
import { checkKind } from './check-kind.ts';
import { validateObject } from './validate-object.ts';

const Website = defineKind({
  group: 'demo.example.io',
  version: 'v1',
  kind: 'Website',
  spec: s.object({
    image: s.string({ maxLength: 512, minLength: 1 }),
    replicas: s.int({ minimum: 1 }).default(1),
    mode: s.enum(['Fast', 'Slow']).optional(),
    hosts: s.array(s.string({ maxLength: 253 }), { maxItems: 8, listType: 'set' }).default([]),
    port: s.intOrString({ maxLength: 16 }).optional(),
    labels: s.record(s.string({ maxLength: 63 }), { maxProperties: 10 }).optional(),
  }),
});

const website = (spec: object): object => ({
  apiVersion: 'demo.example.io/v1',
  kind: 'Website',
  metadata: { name: 'a' },
  spec,
});

const thing = (spec: AnySchema): CustomKind<KubernetesObject> =>
  defineKind({ group: 'a.io', version: 'v1', kind: 'Thing', spec });

describe('validation', () => {
  it.each([
    [{}, 'spec.image', 'is required'],
    [{ image: 'a', replicas: 0 }, 'spec.replicas', 'must be >= 1'],
    [{ image: 'a', mode: 'Warp' }, 'spec.mode', 'must be one of ["Fast","Slow"]'],
    [{ image: 'a', port: true }, 'spec.port', 'must be an integer or a string'],
    [{ image: 'a', hosts: ['x', 'y', 'x'] }, 'spec.hosts[2]', 'duplicates "x"'],
    [{ image: 'a', labels: { 'a/b': 3 } }, 'spec.labels.a/b', 'must be string'],
  ])('of %j names %s', (spec, path, message) => {
    expect(validateObject(Website, website(spec))).toEqual([{ path, message }]);
  });

  it('refuses another kind, and values that are no objects', () => {
    expect(validateObject(Website, { ...website({ image: 'a' }), kind: 'Site' })).toEqual([
      { path: 'kind', message: 'must be Website' },
    ]);
    expect(validateObject(Website, null)).not.toEqual([]);
  });

  it('is not confused by fields named as the prototype has them', () => {
    const spec = JSON.parse('{"image":"a","labels":{"__proto__":"x","constructor":"y"},"toString":["x"]}') as object;
    expect(validateObject(Website, website(spec))).toEqual([]);
  });
});

describe('CEL rules', () => {
  const Rollout = defineKind({
    group: 'a.io',
    version: 'v1',
    kind: 'Rollout',
    rules: [{ rule: 'self.metadata.name.size() <= 5', message: 'the name is too long', fieldPath: '.metadata.name' }],
    spec: s.object({
      max: s.int().rule('self >= oldSelf', 'max must not shrink').optional(),
      steps: s
        .array(
          s
            .object({ name: s.string({ maxLength: 9 }), weight: s.int() })
            .rule('self.weight <= 100', 'too heavy', { fieldPath: '.weight' })
            .rule('self.weight >= oldSelf.weight', 'lighter than before'),
          {
            maxItems: 5,
            listType: 'map',
            listMapKeys: ['name'],
          },
        )
        .optional(),
      labels: s.record(s.string({ maxLength: 9 }).rule("self != 'bad'", 'bad label'), { maxProperties: 4 }).optional(),
    }),
  });
  const rollout = (spec: ObjectOf<typeof Rollout>['spec'], name = 'a'): ObjectOf<typeof Rollout> => ({
    apiVersion: 'a.io/v1',
    kind: 'Rollout',
    metadata: { name },
    spec,
  });

  it('are evaluated at every place of the object, and name it', () => {
    expect(validateObject(Rollout, rollout({ labels: { x: 'good', 'y.z': 'bad' } }, 'too-long'))).toEqual([
      { path: 'metadata.name', message: 'the name is too long' },
      { path: 'spec.labels.y.z', message: 'bad label' },
    ]);
    expect(
      validateObject(
        Rollout,
        rollout({
          steps: [
            { name: 'a', weight: 1 },
            { name: 'b', weight: 101 },
          ],
        }),
      ),
    ).toEqual([{ path: 'spec.steps[1].weight', message: 'too heavy' }]);
  });

  it('compare with the previous value, list items by their map key', () => {
    const before = rollout({
      max: 3,
      steps: [
        { name: 'a', weight: 50 },
        { name: 'b', weight: 10 },
      ],
    });
    const after = rollout({
      max: 2,
      steps: [
        { name: 'b', weight: 10 },
        { name: 'new', weight: 1 },
        { name: 'a', weight: 49 },
      ],
    });
    expect(validateObject(Rollout, after)).toEqual([]);
    expect(validateObject(Rollout, after, before)).toEqual([
      { path: 'spec.max', message: 'max must not shrink' },
      { path: 'spec.steps[2]', message: 'lighter than before' },
    ]);
  });

  it.each([
    ['does not parse', 'self.n ==', 'Thing.spec'],
    ['names an unknown field', 'self.m > 1', 'Thing.spec'],
    ['is no bool', 'self.n + 1', 'Thing.spec'],
  ])('are refused when one %s', (_what, rule, path) => {
    const kind = thing(s.object({ n: s.int() }).rule(rule, 'm'));
    expect(() => {
      checkKind(kind);
    }).toThrow(expect.objectContaining({ name: 'SchemaError', path }));
  });

  it('are refused when they cost more than the API server allows', () => {
    const item = s.string({ maxLength: 100_000 });
    const spec = s.object({ a: s.array(item, { maxItems: 1000 }), b: s.array(item, { maxItems: 1000 }) });
    const costly = spec.rule('self.a.all(x, self.b.all(y, x.contains(y)))', 'm');
    expect(() => {
      checkKind(thing(costly));
    }).toThrow(/may cost \d+, the API server allows 10000000;/u);
  });

  it('cannot use oldSelf below a list whose items have no identity', () => {
    const spec = s.object({ a: s.array(s.int().rule('self >= oldSelf', 'm'), { maxItems: 3 }) });
    expect(() => {
      checkKind(thing(spec));
    }).toThrow('schema of Thing.spec.a[]');
  });
});

describe('a default', () => {
  it('that its own schema refuses is refused with its path', () => {
    expect(() => {
      checkKind(thing(s.object({ n: s.int({ minimum: 5 }).default(1) })));
    }).toThrow('schema of Thing.spec.n: its default is not valid');
  });

  it('is there before an object is validated', () => {
    expect(
      validateObject(thing(s.object({ n: s.int().default(1) })), {
        ...website({}),
        apiVersion: 'a.io/v1',
        kind: 'Thing',
      }),
    ).toEqual([]);
  });
});
