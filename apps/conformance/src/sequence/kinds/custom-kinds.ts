import type { JsonObject } from '../operation.ts';

const group = 'conformance.example.com';

const spec = {
  type: 'object',
  required: ['color'],
  'x-kubernetes-validations': [
    { rule: 'self.size <= self.limit', message: 'size must not exceed limit', fieldPath: '.size' },
    {
      rule: "!has(self.note) || self.note != 'forbidden'",
      message: 'that note is forbidden',
      reason: 'FieldValueForbidden',
    },
    { rule: '!has(oldSelf.sealed) || has(self.sealed)', message: 'sealed cannot be removed' },
  ],
  properties: {
    color: { type: 'string', enum: ['red', 'green', 'blue'] },
    size: { type: 'integer', format: 'int32', minimum: 0, maximum: 100, default: 1 },
    limit: { type: 'integer', default: 10, 'x-kubernetes-validations': [{ rule: 'self != 13', message: 'no 13' }] },
    ratio: { type: 'number', minimum: 0, exclusiveMinimum: true, multipleOf: 0.5 },
    sealed: {
      type: 'string',
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'sealed is immutable' }],
    },
    note: { type: 'string', minLength: 2, maxLength: 12, pattern: '^[a-z ]*$', nullable: true },
    when: { type: 'string', format: 'date-time' },
    port: { 'x-kubernetes-int-or-string': true },
    active: { type: 'boolean', default: true },
    tags: { type: 'array', 'x-kubernetes-list-type': 'set', maxItems: 3, items: { type: 'string' } },
    words: { type: 'array', items: { type: 'string' }, minItems: 1 },
    parts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          count: { type: 'integer', default: 1 },
          labels: { type: 'object', additionalProperties: { type: 'string' } },
        },
      },
    },
    values: { type: 'object', additionalProperties: { type: 'integer' }, maxProperties: 3 },
    whole: {
      type: 'object',
      'x-kubernetes-map-type': 'atomic',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
    },
    nested: {
      type: 'object',
      default: {},
      properties: {
        level: { type: 'integer', default: 3 },
        mode: { type: 'string', default: 'fast' },
        deep: { type: 'object', properties: { x: { type: 'string', default: 'y' } } },
      },
    },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};

const status = {
  type: 'object',
  properties: {
    size: { type: 'integer' },
    selector: { type: 'string' },
    phase: { type: 'string', enum: ['Ready', 'Waiting'] },
    conditions: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: {
        type: 'object',
        required: ['type', 'status'],
        properties: { type: { type: 'string' }, status: { type: 'string' }, reason: { type: 'string' } },
      },
    },
  },
};

const widgetVersion = (name: string, storage: boolean): JsonObject => ({
  name,
  served: true,
  storage,
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.size',
      statusReplicasPath: '.status.size',
      labelSelectorPath: '.status.selector',
    },
  },
  selectableFields: [{ jsonPath: '.spec.color' }],
  additionalPrinterColumns: [
    { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
    { name: 'Color', type: 'string', jsonPath: '.spec.color', priority: 1 },
    { name: 'Active', type: 'boolean', jsonPath: '.spec.active' },
    { name: 'Ratio', type: 'number', jsonPath: '.spec.ratio' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'When', type: 'string', jsonPath: '.spec.when' },
    { name: 'Parts', type: 'string', jsonPath: '.spec.parts[*].name' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
  schema: { openAPIV3Schema: { type: 'object', required: ['spec'], properties: { spec, status } } },
});

const widgets: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', shortNames: ['wg'], categories: ['all'] },
    versions: [widgetVersion('v1', true), widgetVersion('v1beta1', false)],
  },
};

/** Cluster-wide, without a status of its own, and without columns. */
const gizmos: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `gizmos.${group}` },
  spec: {
    group,
    scope: 'Cluster',
    names: { kind: 'Gizmo', plural: 'gizmos' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              data: { type: 'object', additionalProperties: { type: 'string' } },
              status: { type: 'object', properties: { count: { type: 'integer' } } },
              oneOrTwo: {
                type: 'object',
                properties: { one: { type: 'string' }, two: { type: 'string' } },
                oneOf: [{ required: ['one'] }, { required: ['two'] }],
              },
            },
          },
        },
      },
    ],
  },
};

/** The custom kinds that both servers have from the start. */
export const customDefinitions: readonly JsonObject[] = [widgets, gizmos];

/** A Widget that its definition accepts. */
export function exampleWidget(name: string): JsonObject {
  return { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name }, spec: { color: 'red' } };
}
