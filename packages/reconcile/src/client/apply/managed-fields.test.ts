import { describe, expect, it } from 'vitest';

import { containment } from './contains.ts';
import { membersOf, missingFrom } from './field-split.ts';
import { formatFieldsV1, leafSet, parseFieldsV1, unionOf } from './managed-fields.ts';
import { ownershipUpgrade } from './ownership-upgrade.ts';
import { shapeOf } from './shape.ts';

/** What kube-apiserver writes for a Deployment made by POST, shortened: defaults are owned too. */
const deploymentFields = {
  'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} }, 'f:ownerReferences': { '.': {}, 'k:{"uid":"o1"}': {} } },
  'f:spec': {
    'f:progressDeadlineSeconds': {},
    'f:replicas': {},
    'f:selector': {},
    'f:template': {
      'f:spec': {
        'f:containers': {
          'k:{"name":"web"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:args': {},
            'f:imagePullPolicy': {},
            'f:env': { '.': {}, 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
            'f:ports': {
              '.': {},
              'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} },
            },
          },
        },
      },
    },
  },
};
const owned = parseFieldsV1(deploymentFields);

const container = (more: object = {}): object => ({
  name: 'web',
  image: 'web:1',
  args: ['serve'],
  env: [{ name: 'A', value: '1' }],
  ports: [{ containerPort: 80 }],
  ...more,
});
const deployment = (containers: readonly object[], more: object = {}) => ({
  metadata: { name: 'd', labels: { app: 'd' }, ownerReferences: [{ uid: 'o1', name: 'o' }] },
  spec: { selector: { matchLabels: { app: 'd' } }, template: { spec: { containers } }, ...more },
});
const defaulted = container({ imagePullPolicy: 'Always', ports: [{ containerPort: 80, protocol: 'TCP' }] });
const live = deployment([defaulted], { replicas: 1, progressDeadlineSeconds: 600 });

describe('a field set', () => {
  it('is the same after decoding and encoding', () => {
    expect(formatFieldsV1(owned)).toEqual(deploymentFields);
  });

  it('united with another has the paths of both, and remembers that a leaf was owned', () => {
    const union = unionOf(parseFieldsV1({ 'f:a': {} }), parseFieldsV1({ 'f:a': { 'f:b': {} }, 'f:c': {} }));
    expect(formatFieldsV1(union)).toEqual({ 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {} });
    expect(unionOf(leafSet, leafSet)).toEqual(leafSet);
  });

  it('survives a field that is called __proto__', () => {
    const fields = JSON.parse('{"f:data":{"f:__proto__":{},"f:constructor":{}}}') as Record<string, unknown>;
    expect(JSON.stringify(formatFieldsV1(parseFieldsV1(fields)))).toBe(JSON.stringify(fields));
  });
});

describe('containment', () => {
  it.each([
    ['all of it', deployment([container()]), 'exactly'],
    ['another image', deployment([container({ image: 'web:2' })]), 'not'],
    ['another order of arguments', deployment([container({ args: ['a', 'serve'] })]), 'not'],
    ['one argument less', deployment([container({ args: [] })]), 'not'],
    ['another variable', deployment([container({ env: [{ name: 'B', value: '1' }] })]), 'not'],
    [
      'a port with the protocol spelled out',
      deployment([container({ ports: [{ containerPort: 80, protocol: 'TCP' }] })]),
      'exactly',
    ],
    [
      'the same port, other protocol',
      deployment([container({ ports: [{ containerPort: 80, protocol: 'UDP' }] })]),
      'not',
    ],
    [
      'a port twice, of which one is live',
      deployment([container({ ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] })]),
      'not',
    ],
    ['one more container', deployment([container(), container({ name: 'other' })]), 'not'],
    ['nothing of the atomic selector', deployment([container()], { selector: {} }), 'loosely'],
    ['an empty map that the server leaves out', deployment([container()], { strategy: {} }), 'loosely'],
    ['a null', deployment([container()], { paused: null }), 'exactly'],
    ['status, which is not compared', { ...deployment([container()]), status: { replicas: 9 } }, 'exactly'],
  ])('of what is desired with %s', (_, desired, expected) => {
    expect(containment(desired, live, owned)).toBe(expected);
  });

  it('finds items of an associative list by key, whatever their order and whoever else put some there', () => {
    const crowded = deployment([{ name: 'sidecar' }, defaulted], { replicas: 1 });
    expect(containment(deployment([container()]), crowded, owned)).toBe('exactly');
    expect(containment(deployment([container()]), crowded, undefined)).toBe('not');
  });

  it('finds the members of a set by value', () => {
    const set = parseFieldsV1({ 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"mine"': {} } } });
    const object = { metadata: { finalizers: ['theirs', 'mine'] } };
    expect(containment({ metadata: { finalizers: ['mine'] } }, object, set)).toBe('exactly');
    expect(containment({ metadata: { finalizers: ['other'] } }, object, set)).toBe('not');
  });
});

describe('what is owned and no longer desired', () => {
  const ports = [{ containerPort: 80, protocol: 'TCP' }];
  const missing = missingFrom(owned, deployment([container({ env: [], args: undefined, ports })]));

  it('is every path without a value', () => {
    expect(formatFieldsV1(missing ?? leafSet)).toEqual({
      'f:spec': {
        'f:progressDeadlineSeconds': {},
        'f:replicas': {},
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"web"}': {
                'f:args': {},
                'f:imagePullPolicy': {},
                'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
              },
            },
          },
        },
      },
    });
  });

  it('is certainly dropped where it is a list, a list item or a map key: no server adds those by default', () => {
    const env = { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } };
    const containers = { 'k:{"name":"web"}': { 'f:args': {}, 'f:env': env } };
    expect(formatFieldsV1(membersOf(missing ?? leafSet, live) ?? leafSet)).toEqual({
      'f:spec': { 'f:template': { 'f:spec': { 'f:containers': containers } } },
    });
    const labels = missingFrom(owned, { ...live, metadata: { labels: {}, ownerReferences: [{ uid: 'o1' }] } });
    expect(formatFieldsV1(membersOf(labels ?? leafSet, live) ?? leafSet)).toEqual({
      'f:metadata': { 'f:labels': { 'f:app': {} } },
    });
  });
});

describe('the takeover of what a POST wrote', () => {
  const entry = (
    manager: string,
    operation: 'Apply' | 'Update',
    fieldsV1: Record<string, unknown>,
    subresource?: string,
  ) => ({
    manager,
    operation,
    apiVersion: 'apps/v1',
    fieldsType: 'FieldsV1' as const,
    fieldsV1,
    ...(subresource === undefined ? {} : { subresource }),
  });
  const objectWith = (managedFields: readonly ReturnType<typeof entry>[]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', resourceVersion: '7', managedFields },
  });
  const others = [
    entry('kubelet', 'Update', { 'f:status': {} }, 'status'),
    entry('canary', 'Update', { 'f:status': {} }, 'status'),
  ];

  it('moves our Update entries into our Apply entry, leaves everybody else, and holds only at this version', () => {
    const steps = ownershipUpgrade(
      objectWith([...others, entry('canary', 'Apply', { 'f:a': {} }), entry('canary', 'Update', { 'f:b': {} })]),
      'canary',
    );
    expect(steps).toEqual([
      {
        op: 'replace',
        path: '/metadata/managedFields',
        value: [...others, entry('canary', 'Apply', { 'f:a': {}, 'f:b': {} })],
      },
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
    ]);
  });

  it('leaves the replica count behind', () => {
    const steps = ownershipUpgrade(
      objectWith([entry('canary', 'Update', { 'f:spec': { 'f:replicas': {}, 'f:b': {} } })]),
      'canary',
    );
    expect(steps?.[0]?.value).toEqual([
      entry('canary', 'Update', { 'f:spec': { 'f:replicas': {} } }),
      entry('canary', 'Apply', { 'f:spec': { 'f:b': {} } }),
    ]);
  });

  it('is nothing when we own nothing by Update', () => {
    expect(ownershipUpgrade(objectWith(others), 'canary')).toBeUndefined();
  });
});

describe('a shape', () => {
  it.each([
    [{ a: 1, b: [{ c: 2 }] }, { b: [{ c: 3 }], a: 'x' }, true],
    [{ a: 1 }, { a: 1, b: null, c: undefined }, true],
    [{ a: 1 }, { a: 1, b: 0 }, false],
    [{ a: { b: 1 }, c: 1 }, { a: { b: 1, c: 1 } }, false],
    [{ a: [1] }, { a: [1, 2] }, false],
    [{ a: {} }, { a: [] }, false],
    [{ a: {} }, { a: 1 }, false],
    [[{ name: 'A', value: 1 }, { name: 'B' }], [{ name: 'A' }, { name: 'B', value: 1 }], false],
    [[{ name: 'A', value: 1 }, { name: 'B' }], [{ name: 'A', value: 2 }, { name: 'B' }], true],
  ])('of %j and %j is the same: %j', (left, right, same) => {
    expect(shapeOf(left) === shapeOf(right)).toBe(same);
  });
});
