import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PodTemplate } from '../canonical-template.ts';
import { configKey, refOfKey, references, renamed } from './references.ts';

type PodSpec = NonNullable<PodTemplate['spec']>;
type Container = PodSpec['containers'][number];

const template = (spec: Partial<PodSpec>): PodTemplate => ({ spec: { containers: [], ...spec } });
const container = (fields: Partial<Container>): Container => ({ name: 'a', image: 'i', ...fields });
const variable = (valueFrom: NonNullable<NonNullable<Container['env']>[number]['valueFrom']>) => ({
  name: 'V',
  valueFrom,
});

const places: readonly (readonly [string, PodTemplate, string, boolean])[] = [
  ['a volume of a ConfigMap', template({ volumes: [{ name: 'v', configMap: { name: 'x' } }] }), 'configmap/x', false],
  [
    'an optional volume',
    template({ volumes: [{ name: 'v', configMap: { name: 'x', optional: true } }] }),
    'configmap/x',
    true,
  ],
  ['a volume of a Secret', template({ volumes: [{ name: 'v', secret: { secretName: 'x' } }] }), 'secret/x', false],
  [
    'a projected ConfigMap',
    template({ volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'x' } }] } }] }),
    'configmap/x',
    false,
  ],
  [
    'a projected Secret',
    template({ volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'x', optional: true } }] } }] }),
    'secret/x',
    true,
  ],
  [
    'a variable from a ConfigMap',
    template({ containers: [container({ env: [variable({ configMapKeyRef: { name: 'x', key: 'k' } })] })] }),
    'configmap/x',
    false,
  ],
  [
    'a variable from a Secret',
    template({
      containers: [container({ env: [variable({ secretKeyRef: { name: 'x', key: 'k', optional: true } })] })],
    }),
    'secret/x',
    true,
  ],
  [
    'all variables of a ConfigMap',
    template({ containers: [container({ envFrom: [{ configMapRef: { name: 'x' } }] })] }),
    'configmap/x',
    false,
  ],
  [
    'all variables of a Secret',
    template({ containers: [container({ envFrom: [{ prefix: 'P_', secretRef: { name: 'x' } }] })] }),
    'secret/x',
    false,
  ],
  [
    'a variable of an init container',
    template({ initContainers: [container({ env: [variable({ configMapKeyRef: { name: 'x', key: 'k' } })] })] }),
    'configmap/x',
    false,
  ],
  [
    'all variables of an init container',
    template({ initContainers: [container({ envFrom: [{ secretRef: { name: 'x' } }] })] }),
    'secret/x',
    false,
  ],
];

describe('references', () => {
  it.each(places)('are found and renamed in %s', (_, pod, key, isOptional) => {
    expect(references(pod)).toEqual([{ ...refOfKey(key), isOptional }]);
    expect(references(renamed(pod, ({ name }) => `${name}-primary`)).map(configKey)).toEqual([`${key}-primary`]);
  });

  it.each([
    ['nothing', {}],
    [
      'a template without references',
      template({
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [container({ env: [{ name: 'A', value: 'b' }] })],
      }),
    ],
    [
      'fields of the pod',
      template({ containers: [container({ env: [variable({ fieldRef: { fieldPath: 'metadata.name' } })] })] }),
    ],
    [
      'pull secrets and foreign volumes',
      template({
        imagePullSecrets: [{ name: 'p' }],
        volumes: [{ name: 'v', cephfs: { monitors: [], secretRef: { name: 'c' } } }],
      }),
    ],
    ['an empty name', template({ volumes: [{ name: 'v', configMap: { name: '' } }] })],
    [
      'ephemeral containers',
      {
        spec: { containers: [], ephemeralContainers: [{ name: 'e', envFrom: [{ configMapRef: { name: 'x' } }] }] },
      },
    ],
  ])('are none in %s', (_, pod) => {
    expect(references(pod)).toEqual([]);
    expect(renamed(pod, () => 'other')).toEqual(pod);
  });

  it('to one object are one, which is needed if it is needed anywhere', () => {
    const optional = { configMapRef: { name: 'x', optional: true } };
    const needed = { configMapRef: { name: 'x' } };
    const pod = (...envFrom: NonNullable<Container['envFrom']>) => template({ containers: [container({ envFrom })] });
    expect(references(pod(optional, needed))).toEqual([{ kind: 'ConfigMap', name: 'x', isOptional: false }]);
    expect(references(pod(needed, optional))).toEqual([{ kind: 'ConfigMap', name: 'x', isOptional: false }]);
    expect(references(pod(optional, optional))).toEqual([{ kind: 'ConfigMap', name: 'x', isOptional: true }]);
  });

  it('of a ConfigMap and a Secret of one name are two', () => {
    const pod = template({
      containers: [container({ envFrom: [{ configMapRef: { name: 'x' } }, { secretRef: { name: 'x' } }] })],
    });
    expect(references(pod).map(configKey)).toEqual(['configmap/x', 'secret/x']);
    const one = renamed(pod, ({ kind, name }) => (kind === 'Secret' ? 'y' : name));
    expect(references(one).map(configKey)).toEqual(['configmap/x', 'secret/y']);
  });

  it('that are renamed there and back are what they were, and nothing else changes', () => {
    const parts = fc.array(fc.constantFrom(...places.map(([, pod]) => pod)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.constantFrom('x', 'y', 'z-primary'), (pods, name) => {
        const all = template({
          volumes: pods.flatMap(({ spec }) => spec?.volumes ?? []),
          containers: pods.flatMap(({ spec }) => spec?.containers ?? []),
          initContainers: pods.flatMap(({ spec }) => spec?.initContainers ?? []),
        });
        const original = renamed(all, () => name);
        const there = renamed(original, (ref) => `${ref.name}-primary`);
        expect(references(there).map((ref) => ref.name)).toEqual(
          references(original).map((ref) => `${ref.name}-primary`),
        );
        expect(renamed(there, (ref) => ref.name.replace(/-primary$/, ''))).toEqual(original);
      }),
    );
  });
});
