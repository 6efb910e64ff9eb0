import type { Chooser } from '../chooser.ts';
import type { Json, JsonObject } from '../operation.ts';
import { field, type FieldPool } from './kind-pool.ts';

/** Names of namespaced objects: few, so that operations meet. */
export const names: readonly string[] = ['a', 'b', 'c'];

/** Names that most kinds refuse. */
export const faultyNames: readonly string[] = ['Upper', 'under_score', 'trailing-', 'a/b', 'x'.repeat(254), 'a..b'];

/** Metadata that any object may have. */
export const metadataFields: readonly FieldPool[] = [
  field(
    'metadata.labels',
    [{ app: 'a' }, { app: 'b', tier: 'web' }, {}],
    [
      { 'bad key!': 'x' },
      { app: 'bad value!' },
      { 'Not_A_Domain/x': 'y' },
      { app: 'v'.repeat(64) },
      { app: 7 },
      'labels',
    ],
  ),
  field('metadata.labels.app', ['a', 'b', ''], [true]),
  field('metadata.labels.tier', ['web', 'db']),
  field(
    'metadata.annotations',
    [{ note: 'any text / at all' }, { 'example.com/x': '1' }],
    [{ 'bad key!': 'x' }, { note: 1 }],
  ),
  field('metadata.annotations.note', ['one', 'two']),
  field('metadata.finalizers', [['example.com/hold'], []], [['no-domain'], ['bad finalizer!/x'], 'x']),
  field('metadata.bogus', [], ['unknown']),
  field('metadata.generation', [], [7]),
  field('metadata.creationTimestamp', [], ['2020-01-01T00:00:00Z', null, 'never']),
  field('metadata.uid', [], ['11111111-1111-4111-8111-111111111111']),
];

/** Owners, for sequences about garbage collection. */
export function ownerReferences(c: Chooser): Json {
  const owner = (kind: string, apiVersion: string, plural: string): JsonObject => {
    const name = c.pick(names);
    return {
      apiVersion,
      kind,
      name,
      uid: `{{uid ${plural}/${name}}}`,
      ...(c.chance(0.4) ? { blockOwnerDeletion: true } : {}),
      ...(c.chance(0.2) ? { controller: true } : {}),
    };
  };
  const one = (): JsonObject =>
    c.weighted<() => JsonObject>([
      [6, () => owner('ConfigMap', 'v1', 'configmaps')],
      [3, () => owner('Secret', 'v1', 'secrets')],
      [2, () => owner('Widget', 'conformance.example.com/v1', 'widgets')],
      [1, () => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '22222222-2222-4222-8222-222222222222' })],
      [1, () => ({ apiVersion: 'v1', kind: 'Namespace', name: '{{ns}}', uid: '{{uid namespaces/NS}}' })],
      [0.3, () => ({ apiVersion: 'v1', kind: 'ConfigMap', name: '', uid: '' })],
    ])();
  return c.chance(0.25) ? [one(), one()] : [one()];
}
