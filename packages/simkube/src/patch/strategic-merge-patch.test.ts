import { describe, expect, it } from 'vitest';

import { builtinKinds } from '../schema/builtin-kinds.ts';
import type { Json, JsonObject } from '../schema/structural-schema.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

const pod = builtinKinds().find(({ kind }) => kind === 'Pod');
const schema = pod?.schema ?? {};

const object: JsonObject = {
  metadata: { name: 'x', labels: { a: '1' }, finalizers: ['f1', 'f2'] },
  spec: {
    containers: [
      { name: 'app', image: 'a:1', env: [{ name: 'A', value: '1' }], args: ['x'] },
      { name: 'side', image: 'b:1' },
    ],
    nodeSelector: { zone: 'eu' },
  },
};

function patched(patch: Json, from: JsonObject = object): Json {
  const result = strategicMergePatch(from, patch, schema);
  if (!result.ok) return `${result.reason}: ${result.message}`;
  return result.object;
}

const containers = (patch: Json): Json =>
  ((patched({ spec: patch }) as JsonObject)['spec'] as JsonObject)['containers'] ?? null;

describe('strategicMergePatch', () => {
  it('merges containers by name and leaves the others alone', () => {
    expect(containers({ containers: [{ name: 'app', image: 'a:2' }] })).toEqual([
      { name: 'app', image: 'a:2', env: [{ name: 'A', value: '1' }], args: ['x'] },
      { name: 'side', image: 'b:1' },
    ]);
  });

  it('adds an item with a new key', () => {
    expect(containers({ containers: [{ name: 'new', image: 'c' }] })).toHaveLength(3);
  });

  it('deletes an item with $patch: delete', () => {
    expect(containers({ containers: [{ name: 'side', $patch: 'delete' }] })).toHaveLength(1);
  });

  it('replaces a list with $patch: replace', () => {
    expect(containers({ containers: [{ $patch: 'replace' }, { name: 'only', image: 'z' }] })).toEqual([
      { name: 'only', image: 'z' },
    ]);
  });

  it('replaces a map with $patch: replace and deletes one with null', () => {
    const replaced = patched({ spec: { nodeSelector: { $patch: 'replace', disk: 'ssd' } } });
    expect(replaced).toMatchObject({ spec: { nodeSelector: { disk: 'ssd' } } });
    expect(((replaced as JsonObject)['spec'] as JsonObject)['nodeSelector']).toEqual({ disk: 'ssd' });
    expect(patched({ spec: { nodeSelector: null } })).not.toMatchObject({ spec: { nodeSelector: {} } });
  });

  it('replaces atomic lists whole', () => {
    expect(containers({ containers: [{ name: 'app', args: ['y', 'z'] }] })).toMatchObject([{ args: ['y', 'z'] }, {}]);
  });

  it('follows $setElementOrder', () => {
    const patch = { $setElementOrder: undefined, '$setElementOrder/containers': [{ name: 'side' }, { name: 'app' }] };
    expect(containers({ ...patch, containers: [{ name: 'side', image: 'b:2' }] })).toMatchObject([
      { name: 'side', image: 'b:2' },
      { name: 'app' },
    ]);
  });

  it('merges sets of strings and deletes from them', () => {
    expect(patched({ metadata: { finalizers: ['f3'] } })).toMatchObject({
      metadata: { finalizers: ['f3', 'f1', 'f2'] },
    });
    expect(patched({ metadata: { '$deleteFromPrimitiveList/finalizers': ['f1'] } })).toMatchObject({
      metadata: { finalizers: ['f2'] },
    });
  });

  it('keeps only the keys of $retainKeys', () => {
    const volume = { spec: { volumes: [{ name: 'v', emptyDir: {} }] } };
    const patch = { spec: { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] } };
    expect(patched(patch, volume)).toEqual({ spec: { volumes: [{ name: 'v', configMap: { name: 'c' } }] } });
  });

  it.each([
    ['an unknown $patch', { spec: { $patch: 'frob' } }, 'Unknown patch type found: frob'],
    [
      'an item without its merge key',
      { spec: { containers: [{ image: 'x' }] } },
      'does not contain declared merge key: name',
    ],
    ['a $retainKeys that is no list', { spec: { $retainKeys: 'name' } }, 'must be a list'],
    ['a patch that is no object', [1], 'cannot unmarshal'],
  ] as [string, Json, string][])('refuses %s', (_, patch, message) => {
    expect(patched(patch)).toContain(message);
  });

  it('treats __proto__ as any key', () => {
    patched(JSON.parse('{"metadata": {"labels": {"__proto__": {"polluted": "yes"}}}}'));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
