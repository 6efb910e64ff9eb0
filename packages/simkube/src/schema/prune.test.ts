import { describe, expect, it } from 'vitest';

import { applyDefaults } from './defaults.ts';
import { prune } from './prune.ts';
import type { JsonObject, StructuralSchema } from './structural-schema.ts';

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        known: { type: 'string' },
        list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
        map: { type: 'object', additionalProperties: { type: 'object', properties: { a: { type: 'string' } } } },
        open: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { closed: { type: 'object', properties: { a: { type: 'string' } } } },
        },
        embedded: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          properties: { spec: { type: 'object', properties: {} } },
        },
      },
    },
  },
};

describe('prune', () => {
  it('drops what is not declared and names it', () => {
    const object = {
      kind: 'A',
      metadata: { anything: 1 },
      extra: 1,
      spec: { known: 'x', unknown: 1, list: [{ a: 'x', b: 1 }, {}], map: { k: { b: 1 } } },
    };
    expect(prune(schema, object)).toEqual({
      object: { kind: 'A', metadata: { anything: 1 }, spec: { known: 'x', list: [{ a: 'x' }, {}], map: { k: {} } } },
      unknown: ['extra', 'spec.unknown', 'spec.list[0].b', 'spec.map.k.b'],
    });
  });

  it('keeps unknown fields where they are preserved, and prunes declared ones below', () => {
    const object = { spec: { open: { any: { thing: 1 }, closed: { a: 'x', b: 1 } } } };
    expect(prune(schema, object).object).toEqual({ spec: { open: { any: { thing: 1 }, closed: { a: 'x' } } } });
  });

  it('keeps kind and metadata of embedded resources', () => {
    const object = { spec: { embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, other: 1 } } };
    expect(prune(schema, object)).toEqual({
      object: { spec: { embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } } } },
      unknown: ['spec.embedded.other'],
    });
  });

  it('gives the same object when there is nothing to drop', () => {
    const object = { spec: { known: 'x', list: [{ a: 'y' }] } };
    expect(prune(schema, object).object).toBe(object);
  });

  it('takes inherited names for unknown', () => {
    const object = JSON.parse('{"spec": {"constructor": {}, "__proto__": {"a": 1}, "toString": 1}}') as JsonObject;
    expect(prune(schema, object).object).toEqual({ spec: {} });
  });
});

describe('applyDefaults', () => {
  const defaults: StructuralSchema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        default: {},
        properties: {
          replicas: { type: 'integer', default: 1 },
          inner: { type: 'object', properties: { a: { type: 'string', default: 'x' } } },
          maybe: { type: 'string', nullable: true, default: 'y' },
          list: { type: 'array', items: { type: 'object', properties: { a: { type: 'integer', default: 2 } } } },
          map: {
            type: 'object',
            additionalProperties: { type: 'object', properties: { a: { type: 'integer', default: 3 } } },
          },
        },
      },
    },
  };

  it.each([
    ['fills a missing parent and goes on inside', {}, { spec: { replicas: 1, maybe: 'y' } }],
    ['leaves a parent without default absent', { spec: { maybe: 'z' } }, { spec: { replicas: 1, maybe: 'z' } }],
    ['fills inside what is there', { spec: { inner: {} } }, { spec: { replicas: 1, inner: { a: 'x' }, maybe: 'y' } }],
    ['replaces null that is not allowed', { spec: { replicas: null } }, { spec: { replicas: 1, maybe: 'y' } }],
    ['keeps null that is allowed', { spec: { maybe: null } }, { spec: { replicas: 1, maybe: null } }],
    [
      'goes into lists and maps',
      { spec: { list: [{}], map: { k: {} } } },
      { spec: { replicas: 1, maybe: 'y', list: [{ a: 2 }], map: { k: { a: 3 } } } },
    ],
  ] as [string, JsonObject, JsonObject][])('%s', (_, object, result) => {
    expect(applyDefaults(defaults, object)).toEqual(result);
  });

  it('gives the same object when everything is there', () => {
    const object = applyDefaults(defaults, {});
    expect(applyDefaults(defaults, object)).toBe(object);
  });
});
