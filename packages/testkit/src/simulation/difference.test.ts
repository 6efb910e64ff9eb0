import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '@canaryop/reconcile/object';

import { differenceOf } from './difference.ts';
import { fixedPointOf } from './fixed-point.ts';

const uid = (digit: number): string => `00000000-0000-4000-8000-00000000000${digit}`;

/** A ConfigMap; `more` goes into its metadata, or beside it. */
function configMap(
  name: string,
  metadata: object = {},
  more: object = { data: { text: 'one' } },
): KubernetesObject & { readonly data?: unknown } {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'ns', name, ...metadata }, ...more };
}

const ownedBy = (digit: number): object => ({
  ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: uid(digit), controller: true }],
});

const difference = (expected: readonly KubernetesObject[], actual: readonly KubernetesObject[]): readonly string[] =>
  differenceOf(fixedPointOf(expected), fixedPointOf(actual));

describe('two ends are the same', () => {
  it.each<[string, readonly KubernetesObject[], readonly KubernetesObject[]]>([
    ['whatever the uid, and who refers to it', family(1), family(2)],
    [
      'whatever the version, the generation and the managers of fields',
      [configMap('a', { resourceVersion: '1', generation: 1, managedFields: [] })],
      [configMap('a', { resourceVersion: '7', generation: 3 })],
    ],
    [
      'whatever the time',
      [configMap('a', { creationTimestamp: '2026-01-01T00:00:00Z' })],
      [configMap('a', { creationTimestamp: '2027-01-01T00:00:00Z' })],
    ],
    [
      'whatever was generated of a name, and in which order',
      [generated('x'), generated('y', 'two')],
      [generated('a', 'two'), generated('b')],
    ],
    [
      'whoever has touched it',
      [configMap('a')],
      [configMap('a', { annotations: { 'simulation.canaryop.io/touched': '1' } })],
    ],
    [
      'when both have observed their own generation',
      [configMap('a', { generation: 1 }, { status: { observedGeneration: 1 } })],
      [configMap('a', { generation: 2 }, { status: { observedGeneration: 2 } })],
    ],
  ])('%s', (_name, expected, actual) => {
    expect(difference(expected, actual)).toEqual([]);
  });
});

describe('two ends differ', () => {
  it.each<[string, readonly KubernetesObject[], readonly KubernetesObject[], readonly string[]]>([
    ['by what is missing', [configMap('a')], [], ['- ConfigMap ns/a']],
    ['by what is too much', [], [configMap('a')], ['+ ConfigMap ns/a']],
    [
      'by a field',
      [configMap('a')],
      [configMap('a', {}, { data: { text: 'two' } })],
      ['  ConfigMap ns/a', '-   .data.text: "one"', '+   .data.text: "two"'],
    ],
    [
      'by a duplicate',
      [configMap('owner', { uid: uid(1) }), { ...generated('x'), ...controlled('x', 1) }],
      [
        configMap('owner', { uid: uid(2) }),
        { ...generated('x'), ...controlled('x', 2) },
        { ...generated('y'), ...controlled('y', 2) },
      ],
      ['+ ConfigMap ns/gen-(generated) 2   a duplicate: ConfigMap ns/gen-(generated) has the same controller'],
    ],
    [
      'by an owner that is another',
      family(1),
      [configMap('owner', { uid: uid(1) }), configMap('child', ownedBy(3))],
      [
        '  ConfigMap ns/child',
        '-   .metadata.ownerReferences[0].uid: "(uid of ConfigMap ns/owner)"',
        '+   .metadata.ownerReferences[0].uid: "(uid of something else)"',
      ],
    ],
    [
      'by a generation that was not observed',
      [configMap('a', { generation: 1 }, { status: { observedGeneration: 1 } })],
      [configMap('a', { generation: 2 }, { status: { observedGeneration: 1 } })],
      ['  ConfigMap ns/a', '-   .status.observedGeneration: "(current)"', '+   .status.observedGeneration: "(behind)"'],
    ],
  ])('%s', (_name, expected, actual, lines) => {
    expect(difference(expected, actual)).toEqual(lines);
  });

  it('is told in forty lines', () => {
    const many = Array.from({ length: 50 }, (_, index) => configMap(`a${index}`));
    expect(difference(many, []).slice(-1)).toEqual(['... and 10 lines more']);
  });
});

function family(digit: number): readonly KubernetesObject[] {
  return [configMap('owner', { uid: uid(digit) }), configMap('child', ownedBy(digit))];
}

function generated(suffix: string, text = 'one'): KubernetesObject {
  return configMap(`gen-${suffix}`, { generateName: 'gen-' }, { data: { text } });
}

function controlled(suffix: string, digit: number): Pick<KubernetesObject, 'metadata'> {
  return { metadata: { namespace: 'ns', name: `gen-${suffix}`, generateName: 'gen-', ...ownedBy(digit) } };
}
