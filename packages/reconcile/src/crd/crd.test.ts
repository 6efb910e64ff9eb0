import { describe, expect, expectTypeOf, it } from 'vitest';

import type { ObjectOf } from '../object/resource-kind.ts';
import { defineKind, type ManifestOf } from './define-kind.ts';
import { s, type AnySchema, type ReadType } from './schema.ts';
import { toStructuralSchema } from './structural-schema.ts';

const Website = defineKind({
  group: 'demo.example.io',
  version: 'v1',
  kind: 'Website',
  shortNames: ['web'],
  categories: ['all'],
  description: 'A website.',
  spec: s
    .object({
      image: s.string({ maxLength: 512, minLength: 1 }).describe('The image to run.'),
      replicas: s.int({ minimum: 1 }).default(1),
      mode: s.enum(['Fast', 'Slow']).optional(),
      strategy: s.object({ stepWeight: s.int({ minimum: 1, maximum: 100 }).default(10) }).default({}),
      hosts: s.array(s.string({ maxLength: 253 }), { maxItems: 8, listType: 'set' }).default([]),
      port: s.intOrString({ maxLength: 16 }).optional(),
      labels: s.record(s.string({ maxLength: 63 }), { maxProperties: 10 }).optional(),
      template: s.preserveUnknown().optional(),
    })
    .rule('self.replicas <= 10', 'at most 10 replicas', { fieldPath: '.replicas', reason: 'FieldValueInvalid' }),
  status: s.object({ ready: s.int().optional(), conditions: s.conditions().optional() }),
  printerColumns: [{ name: 'Image', type: 'string', jsonPath: '.spec.image' }],
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.ready' },
  rules: [{ rule: 'self.metadata.name.size() <= 50', message: 'the name has at most 50 characters' }],
});

describe('the types of a defined kind', () => {
  it('make a field with a default optional to write and present to read', () => {
    type Read = ObjectOf<typeof Website>;
    type Write = ManifestOf<typeof Website>;
    expectTypeOf<Read['spec']['replicas']>().toEqualTypeOf<number>();
    expectTypeOf<Write['spec']['replicas']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Read['spec']['strategy']['stepWeight']>().toEqualTypeOf<number>();
    expectTypeOf<Read['spec']['mode']>().toEqualTypeOf<'Fast' | 'Slow' | undefined>();
    const nullable = s.object({ a: s.int().nullable().optional() });
    expectTypeOf<ReadType<typeof nullable>>().toEqualTypeOf<{ readonly a?: number | null }>();
    expectTypeOf<Read['spec']['hosts']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<Read['spec']['port']>().toEqualTypeOf<number | string | undefined>();
    expectTypeOf<NonNullable<Read['status']>['ready']>().toEqualTypeOf<number | undefined>();
    const smallest: Write = {
      apiVersion: 'demo.example.io/v1',
      kind: 'Website',
      metadata: { name: 'a' },
      spec: { image: 'nginx' },
    };
    expect(Website.withDefaults(smallest).spec.replicas).toBe(1);
  });
});

describe('the manifest of a defined kind', () => {
  it.each([
    ['a group of Kubernetes', { group: 'apps.k8s.io' }, 'group "apps.k8s.io" is Kubernetes\' own'],
    [
      'a column that no API server can read',
      { printerColumns: [{ name: 'Text', type: 'string' as const, jsonPath: 'spec.text[' }] },
      'the path "spec.text[" of Text must be a simple JSON path',
    ],
  ])('is refused with %s', (_what, change, said) => {
    const definition = { group: 'demo.io', version: 'v1', kind: 'Thing', spec: s.object({}), ...change };
    expect(() => defineKind(definition)).toThrow(said);
  });

  it('is a structural CRD with status, scale, columns and rules', () => {
    expect(Website.crd()).toEqual({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'websites.demo.example.io' },
      spec: {
        group: 'demo.example.io',
        names: {
          kind: 'Website',
          listKind: 'WebsiteList',
          plural: 'websites',
          singular: 'website',
          shortNames: ['web'],
          categories: ['all'],
        },
        scope: 'Namespaced',
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            additionalPrinterColumns: [{ name: 'Image', type: 'string', jsonPath: '.spec.image' }],
            schema: { openAPIV3Schema: expect.objectContaining({ type: 'object', required: ['spec'] }) },
            subresources: {
              status: {},
              scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.ready' },
            },
          },
        ],
      },
    });
  });

  it('survives JSON unchanged, so nothing of the schema builder leaks into it', () => {
    const manifest = Website.crd();
    expect(JSON.parse(JSON.stringify(manifest))).toStrictEqual(manifest);
  });

  it('says each field the way Kubernetes does', () => {
    const properties = Website.schema.properties?.['spec']?.properties ?? {};
    expect(Website.schema.properties?.['spec']?.required).toEqual(['image']);
    expect(properties['image']).toEqual({
      type: 'string',
      maxLength: 512,
      minLength: 1,
      description: 'The image to run.',
    });
    expect(properties['mode']).toEqual({ type: 'string', enum: ['Fast', 'Slow'] });
    expect(properties['strategy']).toMatchObject({ type: 'object', default: {} });
    expect(properties['hosts']).toMatchObject({ 'x-kubernetes-list-type': 'set', default: [] });
    expect(properties['labels']).toEqual({
      type: 'object',
      maxProperties: 10,
      additionalProperties: { type: 'string', maxLength: 63 },
    });
    expect(properties['port']).toMatchObject({ 'x-kubernetes-int-or-string': true });
    expect(properties['port']?.type).toBeUndefined();
    expect(Website.schema['x-kubernetes-validations']).toHaveLength(1);
  });
});

describe('defaults', () => {
  const manifest = { apiVersion: 'demo.example.io/v1', kind: 'Website', metadata: { name: 'a' } };

  it('are filled in from the outside in, as the API server does', () => {
    const spec = { image: 'nginx' };
    expect(Website.withDefaults({ ...manifest, spec }).spec).toEqual({
      image: 'nginx',
      replicas: 1,
      strategy: { stepWeight: 10 },
      hosts: [],
    });
    expect(spec).toEqual({ image: 'nginx' });
  });

  it('leave what is there alone, down to the reference', () => {
    const complete = { ...manifest, spec: { image: 'nginx', replicas: 2, strategy: { stepWeight: 5 }, hosts: ['x'] } };
    expect(Website.withDefaults(complete)).toBe(complete);
  });

  it('replace a null where null is not allowed', () => {
    const object = JSON.parse(
      '{"spec":{"image":"a","replicas":null,"labels":{"__proto__":"kept"}}}',
    ) as typeof manifest;
    const { spec } = Website.withDefaults({ ...manifest, ...object } as never);
    expect(spec.replicas).toBe(1);
    expect(Object.keys(spec.labels ?? {})).toEqual(['__proto__']);
  });
});

describe('defining a kind', () => {
  const define =
    (spec: AnySchema, more: object = {}): (() => unknown) =>
    () =>
      defineKind({ group: 'a.io', version: 'v1', kind: 'Thing', spec, ...more });

  it.each([
    ['an unbounded string under a rule', s.object({ a: s.string() }).rule('true', 'm'), 'Thing.spec.a'],
    ['an unbounded array under a rule', s.object({ a: s.array(s.int()) }).rule('true', 'm'), 'Thing.spec.a'],
    ['an unbounded record under a rule', s.object({ a: s.record(s.int()) }).rule('true', 'm'), 'Thing.spec.a'],
    ['an unbounded item', s.object({ a: s.array(s.string(), { maxItems: 1 }) }).rule('true', 'm'), 'Thing.spec.a[]'],
    ['look-ahead in a pattern', s.object({ a: s.string({ pattern: 'a(?=b)' }) }), 'Thing.spec.a'],
    ['a broken pattern', s.object({ a: s.string({ pattern: '(' }) }), 'Thing.spec.a'],
    ['a list map without keys', s.object({ a: s.array(s.object({}), { listType: 'map' }) }), 'Thing.spec.a'],
    [
      'a list map key that may be absent',
      s.object({ a: s.array(s.object({ k: s.int().optional() }), { listType: 'map', listMapKeys: ['k'] }) }),
      'Thing.spec.a',
    ],
    ['an enum without values', s.object({ a: s.enum([]) }), 'Thing.spec.a'],
    ['a field named __proto__', s.object(Object.fromEntries([['__proto__', s.int()]])), 'Thing.spec'],
  ])('refuses %s, naming its path', (_what, spec, path) => {
    expect(define(spec)).toThrow(expect.objectContaining({ name: 'SchemaError', path }));
  });

  it('refuses unbounded fields under a root rule too', () => {
    const rules = [{ rule: 'true', message: 'm' }];
    expect(define(s.object({ a: s.string() }), { rules })).toThrow('schema of Thing.spec.a: needs maxLength');
    expect(define(s.object({ a: s.string({ format: 'date-time' }) }), { rules })).not.toThrow();
  });

  it.each([
    ['group', { group: 'nodots' }],
    ['version', { version: '1' }],
    ['kind', { kind: 'thing' }],
    ['plural', { plural: 'Things' }],
  ])('refuses a wrong %s', (what, names) => {
    expect(define(s.object({}), names)).toThrow(what);
  });

  it('refuses JSON Schema that no CRD can say', () => {
    expect(() => toStructuralSchema({ type: 'object', oneOf: [] }, 'x')).toThrow('no keyword "oneOf"');
    expect(() => toStructuralSchema({ anyOf: [{ type: 'string' }] }, 'x')).toThrow('needs a type');
    expect(() => toStructuralSchema({ type: 'null' }, 'x')).toThrow('no type "null"');
  });

  it.each([
    ['Policy', 'policies'],
    ['Gateway', 'gateways'],
    ['Ingress', 'ingresses'],
    ['CanaryApp', 'canaryapps'],
  ])('makes the plural of %s %s', (kind, plural) => {
    expect(defineKind({ group: 'a.io', version: 'v1', kind, spec: s.object({}) }).plural).toBe(plural);
  });
});
