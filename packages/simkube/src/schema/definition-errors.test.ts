import { ruleEnvironment } from '@canaryop/reconcile/cel';
import { describe, expect, it } from 'vitest';

import { approvalErrors } from './api-approval.ts';
import { definitionErrors } from './definition-errors.ts';
import { fieldErrorText } from './field-error.ts';
import { istioCrds } from './istio-crds.ts';
import type { JsonObject } from './structural-schema.ts';

const environment = ruleEnvironment();
const root = 'spec.validation.openAPIV3Schema';

function definition(schema: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    metadata: { name: 'as.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'as', singular: 'a', kind: 'A', listKind: 'AList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      ...spec,
    },
  };
}

const withSpec = (spec: JsonObject): JsonObject => ({ type: 'object', properties: { spec } });
const errors = (crd: JsonObject): readonly string[] => definitionErrors(crd, environment).map(fieldErrorText);
const long = (rule: string, spec: JsonObject): JsonObject =>
  withSpec({ ...spec, 'x-kubernetes-validations': [{ rule }] });

describe('a definition in a group of Kubernetes', () => {
  const approvedBy = (text: string, group = 'apps.k8s.io'): JsonObject => ({
    metadata: { annotations: { 'api-approved.kubernetes.io': text } },
    spec: { group },
  });
  const rule = 'protected groups must have approval annotation "api-approved.kubernetes.io"';

  it.each<[string, JsonObject, JsonObject | undefined, RegExp | undefined]>([
    ['needs an approval', { spec: { group: 'apps.k8s.io' } }, undefined, new RegExp(`Required value: ${rule}, see`)],
    ['needs a URL of it, or a reason', approvedBy('yes'), undefined, new RegExp(`Invalid value: "yes": ${rule} with`)],
    ['may be approved', approvedBy('https://example.com/1'), undefined, undefined],
    ['may be unapproved', approvedBy('unapproved, for a test'), undefined, undefined],
    ['may stay as it is', approvedBy('yes'), approvedBy('no'), undefined],
    ['cannot lose its approval', approvedBy(''), approvedBy('https://example.com/1'), /Required value/u],
    ['is no matter of other groups', approvedBy('', 'not-k8s.io'), undefined, undefined],
  ])('%s', (_what, object, previous, said) => {
    const [error] = approvalErrors(object, previous).map(fieldErrorText);
    if (said === undefined) expect(error).toBeUndefined();
    else expect(error).toMatch(said);
  });
});

describe('definitionErrors', () => {
  it('accepts the CRDs of Istio', () => {
    expect(istioCrds().flatMap(errors)).toEqual([]);
  });

  it.each([
    [
      'a property without type',
      withSpec({}),
      [`${root}.properties[spec].type: Required value: must not be empty for specified object fields`],
    ],
    [
      'a root that is no object',
      { type: 'string' },
      [`${root}.type: Invalid value: "string": must be object at the root`],
    ],
    [
      'an array without items',
      withSpec({ type: 'array' }),
      [`${root}.properties[spec].items: Required value: must be specified`],
    ],
    [
      'properties beside additionalProperties',
      withSpec({ type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } }),
      [
        `${root}.properties[spec].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
      ],
    ],
    [
      'uniqueItems',
      withSpec({ type: 'array', uniqueItems: true, items: { type: 'string' } }),
      [
        `${root}.properties[spec].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
      ],
    ],
    [
      'a list map without keys',
      withSpec({ type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } }),
      [
        `${root}.properties[spec].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
      ],
    ],
    [
      'types inside anyOf',
      withSpec({ type: 'string', anyOf: [{ type: 'string' }] }),
      [`${root}.properties[spec].anyOf[0].type: Forbidden: must be empty to be structural`],
    ],
    [
      'fields that only anyOf knows',
      withSpec({
        type: 'object',
        properties: { a: { type: 'string' } },
        anyOf: [{ properties: { b: { minLength: 1 } } }],
      }),
      [
        `${root}.properties[spec].properties[b]: Required value: because it is defined in ${root}.properties[spec].anyOf[0].properties[b]`,
      ],
    ],
    [
      'a pattern that is not RE2',
      withSpec({ type: 'string', pattern: '(?=x)' }),
      [
        expect.stringContaining(
          `${root}.properties[spec].pattern: Invalid value: "(?=x)": must be a valid regular expression`,
        ),
      ],
    ],
    [
      'a default of another type',
      withSpec({ type: 'string', default: 3 }),
      [expect.stringContaining(`${root}.properties[spec].default: Invalid value: "integer"`)],
    ],
    [
      'a default with unknown fields',
      withSpec({ type: 'object', default: { b: 1 }, properties: { a: { type: 'string' } } }),
      [`${root}.properties[spec].default: Invalid value: {"b":1}: must not have unknown fields`],
    ],
    [
      'metadata beyond names',
      { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
      [
        `${root}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
      ],
    ],
    [
      'a rule about a field that is not there',
      long('self.b == 1', { type: 'object', properties: { a: { type: 'integer' } } }),
      [expect.stringContaining("undefined field 'b'")],
    ],
    [
      'a rule that does not give a bool',
      long('self.a', { type: 'object', properties: { a: { type: 'integer' } } }),
      [expect.stringContaining('cel expression must evaluate to a bool')],
    ],
  ] as [string, JsonObject, unknown[]][])('refuses %s', (_, schema, expected) => {
    expect(errors(definition(schema))).toEqual(expected);
  });

  it('refuses a rule whose lists and strings have no limit, and takes it with limits', () => {
    const rule = 'self.all(x, self.exists_one(y, x == y))';
    const list = { type: 'array', items: { type: 'string' } };
    const [first] = errors(definition(long(rule, list)));
    expect(first).toContain(
      '.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x',
    );
    const bounded = { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 20 } };
    expect(errors(definition(long(rule, bounded)))).toEqual([]);
  });

  it.each([
    ['.a', true],
    ["['a']", true],
    ['.m.any', true],
    ['.zz', false],
    ['a', false],
    ['.l[0]', false],
  ])('judges the fieldPath %s', (fieldPath, isValid) => {
    const properties = {
      a: { type: 'string' },
      m: { type: 'object', additionalProperties: { type: 'string' } },
      l: { type: 'array', items: { type: 'string' } },
    };
    const rule = { rule: 'has(self.a)', fieldPath };
    const found = errors(definition(withSpec({ type: 'object', properties, 'x-kubernetes-validations': [rule] })));
    expect(found.length === 0).toBe(isValid);
  });

  it('refuses oldSelf below a list that cannot be matched up', () => {
    const rule = { rule: 'self == oldSelf' };
    const items = { type: 'string', maxLength: 5, 'x-kubernetes-validations': [rule] };
    const [first] = errors(definition(withSpec({ type: 'array', maxItems: 3, items })));
    expect(first).toContain('oldSelf cannot be used on the uncorrelatable portion of the schema within');
  });

  it.each([
    [
      'a group without a dot',
      { group: 'example' },
      'spec.group: Invalid value: "example": should be a domain with at least one dot',
    ],
    [
      'an unknown scope',
      { scope: 'Global' },
      'spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"',
    ],
    [
      'a kind that equals the list kind',
      { names: { plural: 'as', singular: 'a', kind: 'A', listKind: 'A' } },
      'spec.names.listKind: Invalid value: "A": kind and listKind may not be the same',
    ],
    [
      'no storage version',
      { versions: [{ name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } } }] },
      'must have exactly one version marked as storage version',
    ],
    [
      'a version name with a dot',
      { versions: [{ name: 'v1.0', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] },
      'spec.versions[0].name: Invalid value: "v1.0": a DNS-1035 label',
    ],
    [
      'a version without a schema',
      { versions: [{ name: 'v1', served: true, storage: true }] },
      'spec.versions[0].schema.openAPIV3Schema: Required value',
    ],
    [
      'another name than plural and group',
      { group: 'other.com' },
      'metadata.name: Invalid value: "as.example.com": must be spec.names.plural+"."+spec.group',
    ],
    [
      'a column without a path',
      {
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object' } },
            additionalPrinterColumns: [{ name: 'A', type: 'text' }],
          },
        ],
      },
      'additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
    ],
  ] as [string, JsonObject, string][])('refuses %s', (_, spec, expected) => {
    expect(errors(definition({ type: 'object' }, spec)).join('\n')).toContain(expected);
  });
});
