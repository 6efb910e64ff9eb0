import { describe, expect, it } from 'vitest';

import { fieldErrorText } from './field-error.ts';
import { objectValidator } from './object-validator.ts';
import type { Json, JsonObject, StructuralSchema } from './structural-schema.ts';

const spec: StructuralSchema = {
  type: 'object',
  required: ['image'],
  properties: {
    image: { type: 'string', minLength: 3, maxLength: 8, pattern: '^[a-z]' },
    replicas: { type: 'integer', minimum: 1, maximum: 10, multipleOf: 1 },
    ratio: { type: 'number', minimum: 0, exclusiveMinimum: true },
    mode: { type: 'string', enum: ['fast', 'slow'] },
    port: { 'x-kubernetes-int-or-string': true },
    maybe: { type: 'string', nullable: true },
    address: { type: 'string', format: 'ipv4' },
    tags: { type: 'array', maxItems: 2, minItems: 1, 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    parts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, size: { type: 'integer' } },
        'x-kubernetes-validations': [
          { rule: '!has(oldSelf.size) || self.size >= oldSelf.size', message: 'only grows' },
        ],
      },
    },
    map: { type: 'object', maxProperties: 1, additionalProperties: { type: 'integer' } },
    one: {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    },
  },
  'x-kubernetes-validations': [
    { rule: '!has(self.replicas) || self.replicas != 7', messageExpression: '"not " + string(self.replicas)' },
    {
      rule: '!has(oldSelf.mode) || self.mode == oldSelf.mode',
      message: 'mode is immutable',
      fieldPath: '.mode',
      reason: 'FieldValueForbidden',
    },
  ],
};

const validate = objectValidator({ type: 'object', required: ['spec'], properties: { spec } });

function errors(object: JsonObject, previous?: JsonObject): readonly string[] {
  return validate(object, previous)
    .map(fieldErrorText)
    .filter((text) => !text.includes('some validation rules were not checked'));
}

describe('objectValidator', () => {
  it.each([
    ['a required field', {}, ['spec.image: Required value']],
    [
      'a short string',
      { image: 'a' },
      ['spec.image: Invalid value: "a": spec.image in body should be at least 3 chars long'],
    ],
    ['a long string', { image: 'abcdefghi' }, ['spec.image: Too long: may not be more than 8 bytes']],
    ['a pattern', { image: 'Abc' }, ['spec.image: Invalid value: "Abc": spec.image in body should match \'^[a-z]\'']],
    [
      'a minimum',
      { replicas: 0 },
      ['spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1'],
    ],
    [
      'a maximum',
      { replicas: 11 },
      ['spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10'],
    ],
    [
      'an exclusive minimum',
      { ratio: 0 },
      ['spec.ratio: Invalid value: 0: spec.ratio in body should be greater than 0'],
    ],
    [
      'a type',
      { replicas: 'x' },
      ['spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"'],
    ],
    [
      'a fraction',
      { replicas: 1.5 },
      [
        'spec.replicas: Invalid value: "number": spec.replicas in body must be of type integer: "number"',
        '<nil>: Invalid value: "": Checked value must be of type integer (default format) in spec.replicas',
        'spec.replicas: Invalid value: 1.5: spec.replicas in body should be a multiple of 1',
      ],
    ],
    ['an enum', { mode: 'x' }, ['spec.mode: Unsupported value: "x": supported values: "fast", "slow"']],
    [
      'int-or-string',
      { port: true },
      ['spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"'],
    ],
    [
      'null',
      { mode: null },
      [
        'spec.mode: Invalid value: "null": spec.mode in body must be of type string: "null"',
        'spec.mode: Unsupported value: null: supported values: "fast", "slow"',
      ],
    ],
    [
      'a format',
      { address: '10.0.0' },
      ['spec.address: Invalid value: "10.0.0": spec.address in body must be of type ipv4: "10.0.0"'],
    ],
    ['too many items', { tags: ['a', 'b', 'c'] }, ['spec.tags: Too many: 3: must have at most 2 items']],
    ['too few items', { tags: [] }, ['spec.tags: Invalid value: 0: spec.tags in body should have at least 1 items']],
    ['a set', { tags: ['a', 'a'] }, ['spec.tags[1]: Duplicate value: "a"']],
    [
      'a keyed list',
      { parts: [{ name: 'a' }, { name: 'a', size: 1 }] },
      ['spec.parts[1]: Duplicate value: {"name":"a"}'],
    ],
    ['too many properties', { map: { a: 1, b: 2 } }, ['spec.map: Too many: 2: must have at most 1 item']],
    [
      'a map value',
      { map: { a: 'x' } },
      ['spec.map.a: Invalid value: "string": spec.map.a in body must be of type integer: "string"'],
    ],
    [
      'oneOf',
      { one: { a: 'x', b: 'y' } },
      [
        '<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found 2 valid alternatives',
      ],
    ],
    ['a rule with its own message', { replicas: 7 }, ['spec: Invalid value: not 7']],
    ['nothing else', { port: '5%', maybe: null, tags: ['a'], parts: [{ name: 'a' }, { name: 'b' }] }, []],
  ] as [string, JsonObject, string[]][])('judges %s', (_, fields, expected) => {
    const object: Json =
      Object.hasOwn(fields, 'image') || expected[0]?.includes('image') ? fields : { image: 'abc', ...fields };
    expect(errors({ spec: object })).toEqual(expected);
  });

  it('does not run rules on what is too broken for them, and says so', () => {
    expect(validate({ spec: { replicas: 7 } }).map(fieldErrorText)).toEqual([
      'spec.image: Required value',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ]);
  });

  it('judges transitions at the field that a rule names, with its reason', () => {
    const change = validate({ spec: { image: 'abc', mode: 'fast' } }, { spec: { image: 'abc', mode: 'slow' } });
    expect(change).toEqual([
      { reason: 'FieldValueForbidden', field: 'spec.mode', body: 'Forbidden: mode is immutable' },
    ]);
  });

  it('matches the items of a keyed list by their keys', () => {
    const before = {
      spec: {
        image: 'abc',
        parts: [
          { name: 'a', size: 1 },
          { name: 'b', size: 5 },
        ],
      },
    };
    const after = {
      spec: {
        image: 'abc',
        parts: [
          { name: 'b', size: 4 },
          { name: 'a', size: 2 },
        ],
      },
    };
    expect(errors(after, before)).toEqual(['spec.parts[0]: Invalid value: only grows']);
  });

  it('does not judge again what an update leaves alone', () => {
    const before = { spec: { image: 'A', replicas: 7 } };
    expect(errors({ spec: { ...before.spec, mode: 'fast' } }, before)).toEqual(['spec: Invalid value: not 7']);
    expect(errors({ ...before, metadata: { labels: { a: 'b' } } }, before)).toEqual([]);
  });
});
