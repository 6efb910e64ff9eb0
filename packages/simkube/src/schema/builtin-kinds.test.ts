import { describe, expect, it } from 'vitest';

import { builtinKinds } from './builtin-kinds.ts';
import { istioCrds } from './istio-crds.ts';
import { openApiDefinitionNames, rawOpenApiDefinition } from './openapi-definitions.ts';
import { prune } from './prune.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { zeroObject } from './zero-object.ts';

describe('builtinKinds', () => {
  it('gives every kind a schema with metadata', () => {
    for (const { schema, createOnly, kind } of builtinKinds()) {
      expect(schema.type, kind).toBe('object');
      if (!createOnly) expect(schema.properties?.['metadata']?.properties?.['name']?.type, kind).toBe('string');
    }
  });

  it('names each resource once per group and version', () => {
    const names = builtinKinds().map(({ group, version, plural }) => `${group}/${version}/${plural}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('keeps any JSON where Kubernetes does, as in the data of a ControllerRevision', () => {
    const { schema } = builtinKinds().find(({ kind }) => kind === 'ControllerRevision') ?? {};
    const object = { metadata: { name: 'a' }, revision: 1, data: { template: { spec: { containers: [] } } } };
    expect(schema && prune(schema, object).object).toEqual(object);
  });

  it('keeps what merging lists needs', () => {
    const pod = builtinKinds().find(({ kind }) => kind === 'Pod')?.schema;
    const at = (schema: StructuralSchema | undefined, ...path: string[]): StructuralSchema | undefined =>
      path.reduce((node, key) => (key === '[]' ? node?.items : node?.properties?.[key]), schema);
    const containers = at(pod, 'spec', 'containers');
    expect(containers?.['x-kubernetes-patch-merge-key']).toBe('name');
    expect(at(containers, '[]', 'ports')?.['x-kubernetes-list-map-keys']).toEqual(['containerPort', 'protocol']);
    expect(at(containers, '[]', 'ports', '[]', 'protocol')?.default).toBe('TCP');
  });

  it('follows references to what exists only', () => {
    const names = new Set(openApiDefinitionNames());
    for (const name of names) {
      for (const [, reference] of JSON.stringify(rawOpenApiDefinition(name)).matchAll(/"\$ref":"([^"]+)"/gu)) {
        expect(names.has(reference ?? ''), `${name} -> ${reference}`).toBe(true);
      }
    }
  });

  it('carries no descriptions', () => {
    const texts = openApiDefinitionNames().map((name) => JSON.stringify(rawOpenApiDefinition(name)));
    expect(texts.filter((text) => text.includes('"description":"'))).toEqual([]);
  });

  it('knows the structs that Go always writes', () => {
    const deployment = builtinKinds().find(({ kind }) => kind === 'Deployment')?.schema ?? {};
    expect(zeroObject(deployment)).toMatchObject({
      spec: { strategy: {}, template: { spec: { containers: null } } },
      status: {},
    });
  });

  it('brings the Istio kinds of a mesh', () => {
    const names = istioCrds().map((crd) => (crd['metadata'] as { name: string }).name);
    expect(names.toSorted()).toEqual([
      'destinationrules.networking.istio.io',
      'gateways.networking.istio.io',
      'serviceentries.networking.istio.io',
      'virtualservices.networking.istio.io',
    ]);
  });
});
