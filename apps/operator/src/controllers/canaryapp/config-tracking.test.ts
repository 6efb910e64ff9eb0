import type { Informer } from '@canaryop/reconcile/cache';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';
import { describe, expect, it } from 'vitest';

import { checksumKey, configMapChecksum, secretChecksum, type ChecksumKey } from '../../api/v1/config-checksum.ts';
import { ConfigMapDigest, SecretDigest } from '../../targets/adopted/config/config-digest.ts';
import { ConfigTracking } from './config-tracking.ts';

const key = checksumKey(new Uint8Array(32).fill(3));

type State = Pick<Informer<KubernetesObject>, 'hasSynced' | 'problem'>;
type Transform = (object: KubernetesObject) => KubernetesObject;

/** Tracking over informers in one state, and the transforms that they were asked with, by kind. */
function tracking(state: State, current: ChecksumKey | 'loading' | 'unreadable' = key) {
  const transforms = new Map<string, Transform>();
  const informer = (kind: ResourceKind, _namespace: string, transform?: unknown): never => {
    transforms.set(kind.kind, transform as Transform);
    return state as never;
  };
  return { configs: new ConfigTracking({ informer }, { current }), transforms };
}

const synced = { hasSynced: true, problem: undefined };
const metadata = {
  name: 'x',
  namespace: 'n',
  uid: 'u',
  resourceVersion: '1',
  labels: { app: 'a' },
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"c2VjcmV0"}}',
    'canary.atze.io/config-tracking': 'disabled',
  },
};
const kept = {
  name: 'x',
  namespace: 'n',
  uid: 'u',
  resourceVersion: '1',
  annotations: { 'canary.atze.io/config-tracking': 'disabled' },
};

describe('what is kept in memory', () => {
  it('of a Secret is its checksum, and nothing of its data', () => {
    const { configs, transforms } = tracking(synced);
    configs.in('n', SecretDigest);
    const secret = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata, data: { a: 'c2VjcmV0' } };
    const digest = transforms.get('Secret')?.(secret);
    expect(digest).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: kept,
      checksum: secretChecksum(key, secret),
    });
    expect(JSON.stringify(digest)).not.toContain('c2VjcmV0');
  });

  it('of a Secret of another type is no checksum either', () => {
    const { configs, transforms } = tracking(synced);
    configs.in('n', SecretDigest);
    const type = 'helm.sh/release.v1';
    expect(
      transforms.get('Secret')?.({
        apiVersion: 'v1',
        kind: 'Secret',
        type,
        metadata,
        data: { a: 'c2VjcmV0' },
      } as KubernetesObject),
    ).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      type,
      metadata: kept,
    });
  });

  it('of a ConfigMap is its checksum', () => {
    const { configs, transforms } = tracking(synced);
    configs.in('n', ConfigMapDigest);
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' }, binaryData: { c: 'ZA==' } };
    expect(transforms.get('ConfigMap')?.(map)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: kept,
      checksum: configMapChecksum(map),
    });
  });
});

describe('whether it can be read', () => {
  const problem = { reason: 'Forbidden', message: 'no' } as const;

  it.each([
    ['before the first answer', { hasSynced: false, problem: undefined }, 'loading'],
    ['where it is forbidden', { hasSynced: false, problem }, 'unreadable'],
  ] as const)('%s: %s', (_, state, expected) => {
    expect(tracking(state).configs.in('n', SecretDigest)).toBe(expected);
    expect(tracking(state).configs.in('n', ConfigMapDigest)).toBe(expected);
  });

  it('what was read before it was forbidden still stands', () => {
    expect(tracking({ hasSynced: true, problem }).configs.in('n', SecretDigest)).toMatchObject({ hasSynced: true });
  });

  it.each(['loading', 'unreadable'] as const)('Secrets are not even asked for while the key is %s', (state) => {
    const { configs, transforms } = tracking(synced, state);
    expect(configs.in('n', SecretDigest)).toBe(state);
    expect(transforms.size).toBe(0);
  });
});
