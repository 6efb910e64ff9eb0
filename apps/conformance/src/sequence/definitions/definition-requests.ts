import type { Chooser } from '../chooser.ts';
import { ordinary } from '../requests/ordinary.ts';
import { field, type KindPool } from '../kinds/kind-pool.ts';
import type { Json, JsonObject } from '../operation.ts';
import type { Request } from '../requests/scene.ts';
import { faultyFeatures, soundFeatures, type SchemaFeature } from './schema-features.ts';

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = '{{ns}}.example.com';
const path = `${collection}/things.${group}`;

/** Operations on the objects of a definition, between its creation and its end. */
const objectRequests = 26;

/** A custom kind of the sequence's own: refused definitions, an accepted one, its objects, changes, its end. */
export function definitionRequests(c: Chooser): readonly Request[] {
  const features = c.some(soundFeatures, 0.22);
  const things = poolOf(c, features);
  const post = (of: readonly SchemaFeature[]): Request => ({
    method: 'POST',
    path: collection,
    query: c.chance(0.2) ? { fieldValidation: 'Strict' } : {},
    body: definition(c, of),
  });
  const refused = Array.from({ length: 1 + c.below(3) }, () =>
    post([...c.some(soundFeatures, 0.05), c.pick(faultyFeatures)]),
  );
  const served: Request = {
    ...post(features),
    settle: { of: 'present', path: `/apis/${group}/v1/namespaces/{{ns}}/things` },
  };
  const objects = Array.from({ length: objectRequests }, (_, at) =>
    ordinary({ c, theme: 'definitions', pool: things, id: 100 + at }),
  );
  return [
    ...refused,
    served,
    ...c.some(aboutDefinition, 0.5),
    ...objects,
    { method: 'DELETE', path, settle: { of: 'absent', path } },
  ];
}

const merge = (body: Json): Request => ({
  method: 'PATCH',
  path,
  headers: { 'content-type': 'application/merge-patch+json' },
  body,
});

/** Reads of a definition, and changes that leave its schema alone. */
const aboutDefinition: readonly Request[] = [
  { method: 'GET', path },
  { method: 'GET', path, headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } },
  merge({ metadata: { labels: { app: 'a' } } }),
  merge({ spec: { scope: 'Cluster' } }),
  merge({ spec: { names: { kind: 'Other' } } }),
  merge({ spec: { group: 'other.example.com' } }),
  merge({ spec: { versions: [] } }),
  merge({ spec: { unknown: 1 } }),
];

function definition(c: Chooser, features: readonly SchemaFeature[]): JsonObject {
  const isSound = features.every((feature) => soundFeatures.includes(feature));
  const properties = Object.fromEntries(features.map(({ name, schema }) => [name, schema]));
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things', ...(c.chance(0.5) ? { singular: 'thing', shortNames: ['th'] } : {}) },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: { type: 'object', ...(isSound && c.chance(0.3) ? { default: {} } : {}), properties },
                status: { type: 'object', properties: { count: { type: 'integer' } } },
              },
            },
          },
          ...(c.chance(0.6) ? { subresources: { status: {} } } : {}),
        },
      ],
    },
  };
}

function poolOf(c: Chooser, features: readonly SchemaFeature[]): KindPool {
  return {
    group,
    version: 'v1',
    kind: 'Thing',
    plural: 'things',
    isNamespaced: true,
    base: { spec: {} },
    fields: [
      ...features.map(({ name, sound, faulty }) => field(`spec.${name}`, sound, [...faulty, ...c.some(faulty, 0.5)])),
      field('spec.absent', [], [1]),
    ],
    status: [field('status.count', [1, 2], ['x'])],
  };
}
