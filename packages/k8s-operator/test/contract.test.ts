import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Namespace } from '@canaryop/reconcile/kinds';
import { processEnv } from '@canaryop/reconcile/env';
import { startApiServer, type ListeningApiServer } from '@canaryop/simkube';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { definition, MyCustomResource, myCustomResource } from './programs/my-custom-resource.ts';
import { implementations, startOperator, type OperatorProcess } from './world/operator-process.ts';
import { eventually } from './world/eventually.ts';

/** What operators may rely on, whichever implementation they extend. */
describe.each(implementations)('an operator on %s', (implementation) => {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-operator-'));
  const crdFile = join(folder, 'crd.yaml');
  let server: ListeningApiServer;
  let operator: OperatorProcess;

  beforeAll(async () => {
    server = await startApiServer({ env: processEnv() });
    for (const name of ['theirs', 'ours']) server.loopback.create(Namespace, namespace(name));
    // JSON is YAML.
    writeFileSync(crdFile, JSON.stringify(definition));
    const environment = { CRD_FILE: crdFile, NAMESPACE: 'ours' };
    const { kubeconfig } = server;
    operator = startOperator({ program: 'recording-operator', implementation, kubeconfig, environment });
    await vi.waitFor(() => expect(operator.lines).toContainEqual({ started: true }), 15_000);
  }, 20_000);

  afterAll(async () => {
    await operator.stop();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const about = (name: string): readonly Readonly<Record<string, unknown>>[] =>
    operator.lines.filter((line) => line['name'] === name || line['about'] === name);
  const typesOf = (name: string): readonly unknown[] =>
    about(name).flatMap((line) => (line['type'] === undefined ? [] : [line['type']]));
  const create = (name: string, foo: string, inNamespace = 'ours'): MyCustomResource =>
    server.loopback.create(MyCustomResource, myCustomResource(name, foo, inNamespace));
  const read = (name: string): MyCustomResource | undefined =>
    server.loopback.get(MyCustomResource, { namespace: 'ours', name });
  const remove = (name: string): void => server.loopback.delete(MyCustomResource, { namespace: 'ours', name });

  it('registers a CRD from a file, or finds it registered', () => {
    const { group, versions, names } = { ...definition.spec };
    expect(operator.lines[0]).toEqual({ registered: { group, versions, plural: names.plural } });
    expect(operator.lines[1]).toEqual({ registeredAgain: names.plural });
  });

  it('hears of an object that is added, modified and deleted, and what names it', async () => {
    const created = create('life', 'first');
    await eventually(() => typesOf('life')).toEqual(['ADDED']);
    expect(about('life')[0]).toMatchObject({
      name: 'life',
      namespace: 'ours',
      id: 'mycustomresources.dot-i.com/v1',
      resourceVersion: created.metadata.resourceVersion,
      apiVersion: 'dot-i.com/v1',
      kind: 'MyCustomResource',
      foo: 'first',
    });
    server.loopback.update(MyCustomResource, { ...created, spec: { foo: 'second' } });
    await eventually(() => typesOf('life')).toEqual(['ADDED', 'MODIFIED']);
    expect(about('life')[1]).toMatchObject({ foo: 'second' });
    remove('life');
    await eventually(() => typesOf('life')).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });

  it('hears of what was there before it, and of resources of the core group', async () => {
    await eventually(() => typesOf('default')).toEqual(['ADDED']);
    expect(about('default')[0]).toMatchObject({ id: 'namespaces.v1', apiVersion: 'v1', kind: 'Namespace' });
  });

  it('hears of no other namespace than the one that it asked for', async () => {
    create('there', 'x', 'theirs');
    create('here', 'x');
    await eventually(() => typesOf('here')).toEqual(['ADDED']);
    expect(typesOf('there')).toEqual([]);
  });

  it('handles one event after the other', async () => {
    const names = ['slow-a', 'slow-b', 'slow-c'];
    for (const name of names) create(name, 'slow');
    await eventually(() => names.flatMap(typesOf)).toEqual(['ADDED', 'ADDED', 'ADDED']);
    expect(names.flatMap(about).map(({ besides }) => besides)).toEqual([[], [], []]);
  });

  it('may change the object that it is given', () => {
    expect(operator.lines.filter(({ isPlain }) => isPlain === false)).toEqual([]);
  });

  it('sets a status as a whole, is given the new version, and hears of it', async () => {
    create('status', 'status');
    await eventually(() => typesOf('status')).toEqual(['ADDED', 'MODIFIED']);
    const live = read('status');
    expect(live?.status).toEqual({ phase: 'Ready', old: 1 });
    expect(about('status')).toContainEqual({
      about: 'status',
      written: {
        id: 'mycustomresources.dot-i.com/v1',
        name: 'status',
        namespace: 'ours',
        resourceVersion: live?.metadata.resourceVersion,
        apiVersion: 'dot-i.com/v1',
        kind: 'MyCustomResource',
      },
    });
  });

  it('patches a status, in which null removes a field', async () => {
    const created = create('patch', 'patch');
    server.loopback.updateStatus(MyCustomResource, { ...created, status: { phase: 'Ready', old: 1 } });
    await eventually(() => read('patch')?.status).toEqual({ phase: 'Ready', patched: true });
  });

  it('is given null, and an error in its log, when the object is not what it was', async () => {
    create('stale', 'stale');
    await eventually(() => about('stale')).toContainEqual({ about: 'stale', written: null });
    expect(read('stale')?.status).toBeUndefined();
    expect(
      operator.lines.some(
        (line) => String(line['logged']).includes('409') || String(line['logged']).includes('modified'),
      ),
    ).toBe(true);
  });

  it('adds its finalizer to those that are there, cleans up once, and lets the object go', async () => {
    const other = 'others.io/hold';
    const object = myCustomResource('final', 'finalizer', 'ours');
    server.loopback.create(MyCustomResource, { ...object, metadata: { ...object.metadata, finalizers: [other] } });
    await eventually(() => read('final')?.metadata.finalizers).toEqual([other, 'dot-i.com/test']);
    await eventually(() => about('final')).toContainEqual({ about: 'final', isHandled: false });
    remove('final');
    await eventually(() => read('final')?.metadata.finalizers).toEqual([other]);
    await eventually(() => typesOf('final').length).toBe(4);
    const held = read('final');
    if (held !== undefined)
      server.loopback.update(MyCustomResource, { ...held, metadata: { ...held.metadata, finalizers: [] } });
    await eventually(() => typesOf('final')).toEqual(['ADDED', 'MODIFIED', 'MODIFIED', 'MODIFIED', 'DELETED']);
    expect(about('final').filter(({ cleaned }) => cleaned === true)).toHaveLength(1);
    expect(read('final')).toBeUndefined();
  });
});

function namespace(name: string): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}
