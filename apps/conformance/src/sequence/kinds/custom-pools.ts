import { field, type KindPool } from './kind-pool.ts';

const custom = { group: 'conformance.example.com' } as const;

const widget: KindPool = {
  ...custom,
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  isNamespaced: true,
  isCollected: true,
  scale: true,
  base: { spec: { color: 'red' } },
  fields: [
    field('spec.color', ['red', 'green', 'blue'], ['purple', 3]),
    field('spec.size', [0, 2, 10], [11, -1, 101, 1.5]),
    field('spec.limit', [5, 50], [13, 0]),
    field('spec.ratio', [0.5, 2], [0, 0.3, -1]),
    field('spec.sealed', ['a'], ['b']),
    field('spec.note', ['some note'], ['forbidden', 'x', 'far too long a note', 'UPPER']),
    field('spec.when', ['2020-01-01T00:00:00Z'], ['yesterday']),
    field('spec.port', [80, 'http'], [1.5, true]),
    field('spec.active', [true, false], ['yes']),
    field('spec.tags', [['a'], ['a', 'b'], []], [['a', 'a'], ['a', 'b', 'c', 'd'], 'a']),
    field('spec.words', [['x', 'y'], ['z']], [[]]),
    field(
      'spec.parts',
      [
        [{ name: 'p' }],
        [
          { name: 'p', count: 2 },
          { name: 'q', labels: { x: 'y' } },
        ],
        [{ name: 'q' }],
      ],
      [[{ name: 'p' }, { name: 'p' }], [{ count: 1 }], [{ name: 'p', bogus: 1 }]],
    ),
    field('spec.values', [{ a: 1 }, { b: 2 }], [{ a: 'x' }, { a: 1, b: 2, c: 3, d: 4 }]),
    field('spec.whole', [{ a: 'x' }, { b: 'y' }], [{ a: 1 }]),
    field('spec.nested', [{ level: 1 }, { deep: {} }, {}], [{ level: 'high' }, { unknown: 1 }]),
    field('spec.free', [{ any: { thing: [1, 'x', null] } }, { other: true }], ['text']),
    field('spec.bogus', [], [1, { deep: true }]),
    field('bogus', [], ['unknown']),
  ],
  status: [
    field('status.size', [0, 2], ['x']),
    field('status.selector', ['app=a'], [1]),
    field('status.phase', ['Ready', 'Waiting'], ['Odd']),
    field(
      'status.conditions',
      [[{ type: 'Ready', status: 'True' }], [{ type: 'Ready', status: 'False', reason: 'R' }]],
      [[{ type: 'Ready' }]],
    ),
    field('status.bogus', [], [1]),
  ],
  selectors: ['spec.color=red', 'spec.color!=red', 'spec.size=1'],
};

/** Kinds of the definitions that both servers have from the start. */
export const customPools: readonly KindPool[] = [
  widget,
  { ...widget, version: 'v1beta1' },
  {
    ...custom,
    version: 'v1',
    kind: 'Gizmo',
    plural: 'gizmos',
    isNamespaced: false,
    base: { data: { a: '1' } },
    fields: [
      field('data.a', ['1', '2'], [1]),
      field('data.b', ['x']),
      field('status', [{ count: 1 }, { count: 2 }], [{ count: 'x' }]),
      field('oneOrTwo', [{ one: 'x' }, { two: 'y' }], [{ one: 'x', two: 'y' }, {}]),
    ],
  },
];
