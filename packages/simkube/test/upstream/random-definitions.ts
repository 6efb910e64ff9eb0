import * as fc from 'fast-check';

import type { Json, JsonObject, StructuralSchema } from '../../src/schema/structural-schema.ts';

type Schema = fc.Arbitrary<StructuralSchema>;

function optional<T>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(record, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

/** Adds to some schemas a rule that fits their kind, and to few one that does not compile. */
function ruled(schema: Schema, rules: readonly string[]): Schema {
  const rule = fc.record({ rule: fc.constantFrom(...rules), message: fc.constant('nope') }, { requiredKeys: ['rule'] });
  return fc
    .tuple(schema, fc.option(rule, { freq: 2, nil: undefined }))
    .map(([node, each]) => (each === undefined ? node : { ...node, 'x-kubernetes-validations': [each] }));
}

const text = ruled(
  optional({
    maxLength: fc.constantFrom(1, 3, 10),
    minLength: fc.constant(2),
    pattern: fc.constantFrom('^a', 'b$', '^[a-c]+$'),
    enum: fc.constant(['a', 'ab', 'c']),
    format: fc.constantFrom('date-time', 'duration', 'ipv4', 'uuid', 'k8s-short-name'),
  }).map((rest) => ({ type: 'string', ...rest })),
  [
    'self.size() > 1',
    'self.startsWith("a")',
    'self.matches("^[a-c]+$")',
    'self.contains("ab")',
    'self.lowerAscii() == self',
    'self == oldSelf',
    'self + 1 == "a"',
  ],
);
const integer = ruled(
  optional({
    minimum: fc.constantFrom(0, 2),
    maximum: fc.constantFrom(3, 5),
    multipleOf: fc.constant(2),
    format: fc.constant('int32'),
  }).map((rest) => ({ type: 'integer', ...rest })),
  ['self > 1', 'self + 1 < 5', 'self > 1.5', 'self % 2 == 0', 'self >= oldSelf', 'self == 1.0', 'string(self) == "1"'],
);
const intOrString = ruled(fc.constant({ 'x-kubernetes-int-or-string': true }), [
  'type(self) == int',
  'type(self) == string || self > 1',
]);
const plain: Schema = fc.constantFrom(
  { type: 'boolean' },
  { type: 'number', minimum: 0.5 },
  { type: 'string', nullable: true },
);

const { schema } = fc.letrec<{
  schema: StructuralSchema;
  object: StructuralSchema;
  list: StructuralSchema;
  map: StructuralSchema;
}>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    text,
    integer,
    intOrString,
    plain,
    tie('object'),
    tie('list'),
    tie('map'),
  ),
  object: ruled(
    fc
      .tuple(
        optional({ a: tie('schema'), b: tie('schema'), c: tie('schema') }),
        optional({ required: fc.constant(['a']), 'x-kubernetes-map-type': fc.constant('atomic' as const) }),
      )
      .map(([properties, rest]) => ({ type: 'object', properties, ...rest })),
    [
      'has(self.a)',
      '!has(self.a) || !has(self.b)',
      '!has(self.a) || self.a == self.a',
      'self.zz == 1',
      'self == oldSelf',
    ],
  ),
  list: ruled(
    fc
      .tuple(
        tie('schema'),
        optional({
          maxItems: fc.constantFrom(1, 3),
          minItems: fc.constant(1),
          'x-kubernetes-list-type': fc.constantFrom('atomic' as const, 'set' as const),
        }),
      )
      .map(([items, rest]) => ({ type: 'array', items, ...rest })),
    [
      'self.size() < 2',
      'self.all(x, self.exists_one(y, x == y))',
      'self.filter(x, x == x).size() > 0',
      'self.map(x, x).size() == self.size()',
      'self[0] == self[0]',
    ],
  ),
  map: ruled(
    fc
      .tuple(tie('schema'), optional({ maxProperties: fc.constantFrom(1, 5) }))
      .map(([additionalProperties, rest]) => ({ type: 'object', additionalProperties, ...rest })),
    [
      'self.size() < 2',
      'self.all(k, k.size() < 3)',
      'self.all(k, self[k] == self[k])',
      '"x" in self',
      'self.exists(k, k == "x")',
    ],
  ),
}));

const scalars: fc.Arbitrary<Json> = fc.constantFrom<Json[]>(
  'a',
  'ab',
  'abc',
  'b',
  'a'.repeat(12),
  '10.0.0.1',
  '1h',
  0,
  1,
  2,
  4,
  0.1,
  2.5,
  true,
  null,
);

/** Values that mostly have the shape of a schema. */
function valueOf(node: StructuralSchema): fc.Arbitrary<Json> {
  const fitting = (): fc.Arbitrary<Json> => {
    if (node.items !== undefined) return fc.array(valueOf(node.items), { maxLength: 3 });
    if (typeof node.additionalProperties === 'object') {
      return fc.dictionary(fc.constantFrom('x', 'y', 'zzz'), valueOf(node.additionalProperties), {
        noNullPrototype: true,
      });
    }
    if (node.properties === undefined) return scalars;
    const fields = Object.entries(node.properties).map(([key, child]) => [key, valueOf(child)] as const);
    return fc.record(Object.fromEntries(fields), { requiredKeys: [] }).map((value) => ({ ...value }));
  };
  return fc.oneof({ weight: 9, arbitrary: fitting() }, { weight: 1, arbitrary: scalars });
}

const names = { plural: 'as', singular: 'a', kind: 'A', listKind: 'AList' };

function definitionOf(spec: StructuralSchema): JsonObject {
  const openAPIV3Schema = { type: 'object', properties: { spec } } as unknown as JsonObject;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'as.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names,
      conversion: { strategy: 'None' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

/** A CRD, which may be one that Kubernetes refuses, and objects, which may not fit it. */
export const definitionCase = schema.chain((spec) =>
  fc.record({
    definition: fc.constant(definitionOf(spec)),
    objects: fc.array(
      valueOf(spec).map((value) => ({ apiVersion: 'example.com/v1', kind: 'A', metadata: { name: 'x' }, spec: value })),
      { minLength: 3, maxLength: 3 },
    ),
  }),
);
