import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import { createApiServer } from './api-server.ts';

interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}
const configMaps = resourceKind<ConfigMap>({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps' });
const configMap = (name: string, data = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
});

describe('the loopback client', () => {
  it('creates, reads, updates and deletes', async () => {
    const env = virtualEnv();
    const server = createApiServer({ env });
    const created = server.loopback.create(configMaps, configMap('a', { x: '1' }));
    expect(created.metadata.uid).toMatch(/-/u);
    const same = server.loopback.update(configMaps, created);
    expect(same.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
    const changed = server.loopback.update(configMaps, { ...created, data: { x: '2' } });
    expect(Number(changed.metadata.resourceVersion)).toBeGreaterThan(Number(created.metadata.resourceVersion));
    expect(() => server.loopback.update(configMaps, { ...created, data: { x: '3' } })).toThrow('has been modified');
    server.loopback.delete(configMaps, { namespace: 'default', name: 'a' });
    expect(server.loopback.get(configMaps, { namespace: 'default', name: 'a' })).toBeUndefined();
    await server.close();
  });

  it('delivers what exists, then changes in order, never from inside the write', async () => {
    const env = virtualEnv();
    const server = createApiServer({ env });
    server.loopback.create(configMaps, configMap('a'));
    const seen: string[] = [];
    const stop = server.loopback.watch(configMaps, ({ type, object }) => seen.push(`${type} ${object.metadata.name}`));
    const b = server.loopback.create(configMaps, configMap('b'));
    server.loopback.update(configMaps, { ...b, data: { y: '1' } });
    server.loopback.delete(configMaps, { namespace: 'default', name: 'a' });
    expect(seen).toEqual([]);
    await env.time.settle();
    expect(seen).toEqual(['ADDED a', 'ADDED b', 'MODIFIED b', 'DELETED a']);
    stop();
    await server.close();
  });
});
