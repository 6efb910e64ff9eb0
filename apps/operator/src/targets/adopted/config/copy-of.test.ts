import { describe, expect, it } from 'vitest';

import { contentPatch, copyOf, isFixed, type ConfigObject } from './copy-of.ts';

const own = { name: 'settings-primary', namespace: 'default' };
const source: ConfigObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'settings',
    namespace: 'default',
    uid: 'u',
    labels: { team: 'x', 'app.kubernetes.io/instance': 'shop' },
    annotations: {
      owner: 'x',
      'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'canary.atze.io/config-tracking': 'enabled',
    },
  },
  immutable: true,
  data: { mode: 'fancy' },
  binaryData: { logo: 'AA==' },
};

describe('the copy of a ConfigMap or Secret', () => {
  it('has the content, labels and annotations of the original, and nothing of those who manage that', () => {
    expect(copyOf(source, own)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...own, labels: { team: 'x' }, annotations: { owner: 'x' } },
      data: { mode: 'fancy' },
      binaryData: { logo: 'AA==' },
    });
  });

  it('is changed to exactly the content of the original', () => {
    const copy = { ...source, metadata: own, data: { mode: 'plain', old: 'x' }, binaryData: { gone: 'AA==' } };
    expect(contentPatch(copy, source)).toMatchObject({
      data: { mode: 'fancy', old: null },
      binaryData: { logo: 'AA==', gone: null },
    });
  });

  it('is made anew where an API server would refuse the change', () => {
    const copy = { ...source, immutable: false };
    expect(isFixed(copy, source)).toBe(false);
    expect(isFixed({ ...copy, immutable: true }, source)).toBe(true);
    expect(isFixed({ ...copy, type: 'Opaque' }, { ...source, type: 'kubernetes.io/tls' })).toBe(true);
  });
});
