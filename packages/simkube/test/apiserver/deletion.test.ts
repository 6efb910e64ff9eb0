import { virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { adminUser, createApiServer, type ApiServer } from '../../src/index.ts';
import { ApiClient, type Loose } from '../api-client.ts';
import { configMap, widget, widgetDefinition } from '../widgets.ts';

const path = '/api/v1/namespaces/default/configmaps';
const pods = '/api/v1/namespaces/default/pods';
const soonMs = 1000;

let env: VirtualEnv;
let server: ApiServer;
let client: ApiClient;
beforeEach(() => {
  env = virtualEnv();
  server = createApiServer({ env, definitions: [widgetDefinition] });
  client = new ApiClient(server.transport(adminUser));
});

async function owned(name: string, owner: Loose, fields: object = {}): Promise<Loose> {
  const reference = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    ...fields,
  };
  return (await client.post(path, configMap(name, {}, { ownerReferences: [reference] }))).body;
}

async function names(): Promise<readonly string[]> {
  return (await client.get(path)).body.items.map((item) => item.metadata.name);
}

describe('deleting', () => {
  it('checks the uid it was given', async () => {
    await client.post(path, configMap('a'));
    const { status, body } = await client.delete(`${path}/a`, { preconditions: { uid: 'other' } });
    expect([status, body.message]).toEqual([
      409,
      expect.stringContaining('the UID in the precondition (other) does not match the UID in record'),
    ]);
  });

  it('waits for finalizers, accepts no new ones, and ends with the last', async () => {
    await client.post(path, configMap('a', {}, { finalizers: ['example.com/hold'] }));
    const { body } = await client.delete(`${path}/a`);
    expect(body.metadata.deletionTimestamp).toBeDefined();
    const more = await client.merge(`${path}/a`, {
      metadata: { finalizers: ['example.com/hold', 'example.com/more'] },
    });
    expect(more.status).toBe(422);
    await client.merge(`${path}/a`, { metadata: { finalizers: null } });
    expect((await client.get(`${path}/a`)).status).toBe(404);
  });

  it('a running pod gives it its grace period, which the kubelet ends', async () => {
    const spec = { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] };
    await client.post(pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
    const { body } = await client.delete(`${pods}/p`);
    expect(body.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 });
    await client.delete(`${pods}/p`, { gracePeriodSeconds: 0 });
    expect((await client.get(`${pods}/p`)).status).toBe(404);
  });

  it('a pod again may shorten its grace period, never lengthen it or start it anew', async () => {
    const spec = { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] };
    await client.post(pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec });
    const first = await client.delete(`${pods}/p`, { gracePeriodSeconds: 20 });
    await env.time.advance(5000);
    const longer = await client.delete(`${pods}/p`, { gracePeriodSeconds: 60 });
    expect(longer.body.metadata.deletionTimestamp).toBe(first.body.metadata.deletionTimestamp);
    const shorter = await client.delete(`${pods}/p`, { gracePeriodSeconds: 1 });
    expect(shorter.body.metadata).toMatchObject({ deletionGracePeriodSeconds: 1 });
  });

  it('a collection honours its selector', async () => {
    await client.post(path, configMap('a', {}, { labels: { x: '1' } }));
    await client.post(path, configMap('b'));
    await client.delete(`${path}?labelSelector=x`);
    expect(await names()).toEqual(['b']);
  });
});

describe('the garbage collector', () => {
  it('deletes dependents some time after their owner', async () => {
    const { body: owner } = await client.post(path, configMap('owner'));
    const child = await owned('child', owner);
    await owned('grandchild', child);
    await client.delete(`${path}/owner`);
    expect(await names()).toEqual(['child', 'grandchild']);
    await env.time.advance(soonMs);
    expect(await names()).toEqual([]);
  });

  it('keeps what has another owner, and drops the reference to the lost one', async () => {
    const { body: first } = await client.post(path, configMap('first'));
    const { body: second } = await client.post(path, configMap('second'));
    const references = [first, second].map(({ metadata: { name, uid } }) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      uid,
    }));
    await client.post(path, configMap('child', {}, { ownerReferences: references }));
    await client.delete(`${path}/first`);
    await env.time.advance(soonMs);
    const { body } = await client.get(`${path}/child`);
    expect(body.metadata).toMatchObject({ ownerReferences: [references[1]] });
  });

  it('deletes what is created for an owner that is gone, or in another namespace', async () => {
    await owned('dangling', { metadata: { name: 'x', uid: 'gone' } } as Loose);
    await client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    const { body: far } = await client.post('/api/v1/namespaces/other/configmaps', configMap('far'));
    await owned('crossing', far);
    await env.time.advance(soonMs);
    expect(await names()).toEqual([]);
  });

  it('in the foreground lets the owner go last', async () => {
    const { body: owner } = await client.post(path, configMap('owner'));
    await owned('child', owner, { blockOwnerDeletion: true });
    await client.merge(`${path}/child`, { metadata: { finalizers: ['example.com/hold'] } });
    const { body } = await client.delete(`${path}/owner`, { propagationPolicy: 'Foreground' });
    expect(body.metadata.finalizers).toEqual(['foregroundDeletion']);
    await env.time.advance(soonMs);
    expect(await names()).toEqual(['child', 'owner']);
    await client.merge(`${path}/child`, { metadata: { finalizers: null } });
    await env.time.advance(soonMs);
    expect(await names()).toEqual([]);
  });

  it('orphans dependents on demand', async () => {
    const { body: owner } = await client.post(path, configMap('owner'));
    await owned('child', owner);
    await client.delete(`${path}/owner`, { propagationPolicy: 'Orphan' });
    await env.time.advance(soonMs);
    const { body } = await client.get(path);
    expect(body.items.map(({ metadata }) => [metadata.name, 'ownerReferences' in metadata])).toEqual([
      ['child', false],
    ]);
  });
});

describe('a namespace', () => {
  const namespace = '/api/v1/namespaces/team';
  beforeEach(async () => {
    await client.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
    await env.time.advance(soonMs);
  });

  it('gets a default ServiceAccount, and gets it again', async () => {
    const account = `${namespace}/serviceaccounts/default`;
    expect((await client.get(account)).status).toBe(200);
    await client.delete(account);
    await env.time.advance(soonMs);
    expect((await client.get(account)).status).toBe(200);
  });

  it('takes its contents with it, and accepts nothing new meanwhile', async () => {
    await client.post(`${namespace}/configmaps`, configMap('a', {}, { finalizers: ['example.com/hold'] }));
    const { body } = await client.delete(namespace);
    expect(body['status']).toEqual({ phase: 'Terminating' });
    const refused = await client.post(`${namespace}/configmaps`, configMap('b'));
    expect([refused.status, refused.body.message]).toEqual([
      403,
      'configmaps "b" is forbidden: unable to create new content in namespace team because it is being terminated',
    ]);
    await env.time.advance(soonMs);
    expect((await client.get(namespace)).status).toBe(200);
    await client.merge(`${namespace}/configmaps/a`, { metadata: { finalizers: null } });
    await env.time.advance(soonMs);
    expect((await client.get(namespace)).status).toBe(404);
  });
});

describe('a CustomResourceDefinition', () => {
  const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com';
  const widgets = '/apis/example.com/v1/namespaces/default/widgets';

  it('takes its objects with it when it is deleted', async () => {
    await client.post(widgets, widget('w', { color: 'red' }));
    await client.delete(definition);
    await env.time.advance(soonMs);
    expect([(await client.get(definition)).status, (await client.get(widgets)).status]).toEqual([404, 404]);
    await client.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgetDefinition);
    await env.time.advance(soonMs);
    expect((await client.get(widgets)).body.items).toEqual([]);
  });

  it('changes what is accepted when it changes', async () => {
    await client.send(
      'PATCH',
      definition,
      [
        {
          op: 'add',
          path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/color/enum/-',
          value: 'green',
        },
      ],
      { 'content-type': 'application/json-patch+json' },
    );
    await env.time.settle();
    expect((await client.post(widgets, widget('w', { color: 'green' }))).status).toBe(201);
  });

  it('that is not structural is refused, with the reason', async () => {
    const broken = structuredClone(widgetDefinition);
    broken.metadata.name = 'gadgets.example.com';
    const { status, body } = await client.post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', broken);
    expect([status, body.reason]).toEqual([422, 'Invalid']);
    expect(body.message).toContain('must be spec.names.plural+"."+spec.group');
  });
});
