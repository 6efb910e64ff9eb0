import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { only, readManifests } from '../manifests/manifest-files.ts';

const root = join(import.meta.dirname, '../../../..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Values {
  readonly image: { readonly repository: string; readonly tag: string };
  readonly replicaCount: number;
  readonly resources: unknown;
  readonly nodeOptions: string;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
}

const chart = parse(text('charts/canaryop/Chart.yaml')) as { readonly version: string; readonly appVersion: string };
const values = parse(text('charts/canaryop/values.yaml')) as Values;
const schema = JSON.parse(text('charts/canaryop/values.schema.json')) as Schema;

describe('the chart', () => {
  it('has the version of the repository, and its operator the one that config/ installs', () => {
    const { version } = JSON.parse(text('package.json')) as { readonly version: string };
    expect(chart).toMatchObject({ version, appVersion: `v${version}` });
    const { images } = parse(text('config/manager/kustomization.yaml')) as {
      readonly images: readonly { readonly newName: string; readonly newTag: string }[];
    };
    expect(images).toMatchObject([{ newName: values.image.repository, newTag: chart.appVersion }]);
    expect(values.image.tag).toBe('');
  });

  it('runs the operator with the resources of config/', () => {
    const { spec } = only(
      readManifests('config/install.yaml'),
      'Deployment',
      'canaryop-controller-manager',
    ) as unknown as {
      readonly spec: {
        readonly replicas: number;
        readonly template: {
          readonly spec: {
            readonly containers: readonly { readonly resources: unknown; readonly env: readonly unknown[] }[];
          };
        };
      };
    };
    const [manager] = spec.template.spec.containers;
    expect(values.replicaCount).toBe(spec.replicas);
    expect(values.resources).toEqual(manager?.resources);
    expect(manager?.env).toEqual([
      { name: 'NODE_OPTIONS', value: values.nodeOptions },
      { name: 'MALLOC_ARENA_MAX', value: '1' },
    ]);
  });

  it('has a schema for every value that there is, and for no other', () => {
    const { controlLoopInterval, global, ...properties } = schema.properties ?? {};
    expect([controlLoopInterval, global].every((property) => property !== undefined)).toBe(true);
    expect(keysOf(properties, values)).toEqual(keysOf(values, properties));
    expect(keysOf(properties, values).length).toBeGreaterThan(30);
    expect(schema.additionalProperties).toBe(false);
  });
});

/** Names of the values, down to where the schema names no more. */
function keysOf(tree: object, other: object, path = ''): readonly string[] {
  return Object.entries(tree)
    .flatMap(([key, value]) => {
      const name = path === '' ? key : `${path}.${key}`;
      const [below, otherBelow] = [inside(value), inside((other as Record<string, unknown>)[key])];
      return below === undefined || otherBelow === undefined ? [name] : [name, ...keysOf(below, otherBelow, name)];
    })
    .toSorted();
}

/** What is below a value or a property; undefined for one that holds anything, or nothing. */
function inside(node: unknown): object | undefined {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return undefined;
  if ('properties' in node) return node.properties as object;
  const isSchema = ['type', '$ref', 'enum', 'description'].some((key) => key in node);
  return isSchema || Object.keys(node).length === 0 ? undefined : node;
}
