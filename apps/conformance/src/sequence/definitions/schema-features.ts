import type { Json, JsonObject } from '../operation.ts';

/** A property of a custom kind with values to try. */
export interface SchemaFeature {
  readonly name: string;
  readonly schema: JsonObject;
  readonly sound: readonly Json[];
  readonly faulty: readonly Json[];
}

const feature = (name: string, schema: JsonObject, sound: readonly Json[], faulty: readonly Json[]): SchemaFeature => ({
  name,
  schema,
  sound,
  faulty,
});
const text = { type: 'string' };
const rules = (...list: readonly JsonObject[]): JsonObject => ({ 'x-kubernetes-validations': [...list] });

/** Properties that a definition may have. */
export const soundFeatures: readonly SchemaFeature[] = [
  feature('text', { ...text, minLength: 1, maxLength: 5 }, ['a', 'abcde'], ['', 'abcdef', 1]),
  feature('pattern', { ...text, pattern: '^[a-z]+-[0-9]{2}$' }, ['ab-12'], ['ab12', 'AB-12']),
  feature('choice', { ...text, enum: ['x', 'y', ''] }, ['x', ''], ['z']),
  feature('withDefault', { ...text, default: 'filled' }, ['own'], [null, 2]),
  feature('nullable', { type: 'integer', nullable: true, default: 4 }, [1, 3], ['x']),
  feature('number', { type: 'number', maximum: 10, exclusiveMaximum: true }, [9.5, -1], [10, 'x']),
  feature('whole', { type: 'integer', multipleOf: 5 }, [5, 0], [3, 2.5]),
  feature('flag', { type: 'boolean' }, [true, false], ['true']),
  feature('date', { ...text, format: 'date' }, ['2020-02-29'], ['2021-02-30', 'x']),
  feature('time', { ...text, format: 'date-time' }, ['2020-01-01T00:00:00Z'], ['2020-01-01']),
  feature('duration', { ...text, format: 'duration' }, ['1h30m', '10s'], ['soon']),
  feature('ipv4', { ...text, format: 'ipv4' }, ['10.0.0.1'], ['10.0.0', '::1']),
  feature('uuid', { ...text, format: 'uuid' }, ['11111111-1111-4111-8111-111111111111'], ['1111']),
  feature('uri', { ...text, format: 'uri' }, ['https://example.com/x'], ['not a uri']),
  feature('byte', { ...text, format: 'byte' }, ['MQ=='], ['???']),
  feature(
    'list',
    { type: 'array', items: text, minItems: 1, maxItems: 2, uniqueItems: false },
    [['a'], ['a', 'a']],
    [[], ['a', 'b', 'c'], 'a'],
  ),
  feature(
    'set',
    { type: 'array', items: { type: 'integer' }, 'x-kubernetes-list-type': 'set' },
    [[1, 2], []],
    [[1, 1]],
  ),
  feature(
    'map',
    {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['host', 'port'],
      items: {
        type: 'object',
        required: ['host', 'port'],
        properties: { host: text, port: { type: 'integer', default: 80 }, note: text },
      },
    },
    [
      [{ host: 'a' }],
      [
        { host: 'a', port: 1 },
        { host: 'a', port: 2, note: 'x' },
      ],
    ],
    [[{ host: 'a' }, { host: 'a', port: 80 }], [{ port: 1 }]],
  ),
  feature(
    'words',
    { type: 'object', additionalProperties: text, minProperties: 1 },
    [{ a: 'x' }, { b: 'y' }],
    [{}, { a: 1 }],
  ),
  feature('free', { 'x-kubernetes-preserve-unknown-fields': true }, [{ a: [1, { b: null }] }, 'text', 3], []),
  feature('either', { 'x-kubernetes-int-or-string': true }, [1, 'one'], [true, 1.5]),
  feature(
    'tree',
    {
      type: 'object',
      default: { left: 'l' },
      required: ['left'],
      properties: { left: text, right: { type: 'object', properties: { n: { type: 'integer', default: 1 } } } },
    },
    [{ left: 'x' }, { left: 'x', right: {} }],
    [{ right: {} }, { left: 'x', unknown: 1 }],
  ),
  feature('rule', { type: 'integer', ...rules({ rule: 'self % 2 == 0', message: 'must be even' }) }, [2, 0], [3]),
  feature(
    'transition',
    { type: 'integer', ...rules({ rule: 'self >= oldSelf', message: 'must not sink' }) },
    [1, 5],
    [0],
  ),
  feature(
    'pair',
    {
      type: 'object',
      properties: { min: { type: 'integer' }, max: { type: 'integer' } },
      ...rules(
        {
          rule: '!has(self.min) || !has(self.max) || self.min <= self.max',
          fieldPath: '.max',
          reason: 'FieldValueInvalid',
        },
        { rule: 'has(self.min) || has(self.max)', reason: 'FieldValueRequired' },
      ),
    },
    [{ min: 1, max: 2 }, { max: 1 }],
    [{ min: 3, max: 1 }, {}],
  ),
  feature(
    'all',
    {
      type: 'array',
      maxItems: 5,
      items: { ...text, maxLength: 9 },
      ...rules({ rule: "self.all(x, x.startsWith('p'))" }),
    },
    [['pa'], ['pb', 'pc']],
    [['x'], ['pa', 'q']],
  ),
  feature('anyOf', { type: 'integer', anyOf: [{ minimum: 10 }, { maximum: 2 }] }, [1, 11], [5]),
  feature('not', { ...text, not: { enum: ['no'] } }, ['yes'], ['no']),
  feature(
    'optional',
    { type: 'object', properties: { x: text }, ...rules({ rule: '!has(oldSelf.x) || self.x == oldSelf.x' }) },
    [{ x: 'a' }],
    [{ x: 'b' }],
  ),
];

/** Properties that make a definition be refused. */
export const faultyFeatures: readonly SchemaFeature[] = [
  feature('untyped', {}, [1], []),
  feature('wrongDefault', { type: 'integer', default: 'x' }, [1], []),
  feature('unpruned', { type: 'object', properties: { a: text }, default: { b: 1 } }, [{}], []),
  feature(
    'keyless',
    { type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object', properties: { a: text } } },
    [[]],
    [],
  ),
  feature('badRule', { type: 'integer', ...rules({ rule: 'self.size() > 1' }) }, [1], []),
  feature('unparsable', { type: 'integer', ...rules({ rule: 'self >' }) }, [1], []),
  feature('noBool', { type: 'integer', ...rules({ rule: 'self + 1' }) }, [1], []),
  feature('both', { type: 'object', properties: { a: text }, additionalProperties: text }, [{}], []),
  feature('badPattern', { ...text, pattern: '(' }, ['x'], []),
  feature('ref', { $ref: '#/definitions/x' }, [1], []),
  feature('unique', { type: 'array', items: text, uniqueItems: true }, [[]], []),
  feature('itemless', { type: 'array' }, [[]], []),
  feature('oddType', { type: 'date' }, ['x'], []),
  feature(
    'costly',
    {
      type: 'array',
      items: { type: 'array', items: text },
      ...rules({ rule: 'self.all(x, x.all(y, self.all(z, z.exists(w, w == y))))' }),
    },
    [[]],
    [],
  ),
];
