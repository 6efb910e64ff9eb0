import { virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { adminUser, createApiServer, type ApiServer } from '../../src/index.ts';
import { ApiClient } from '../api-client.ts';
import { configuration, patched, rule, webhook, WebhookStandIn, type Answer } from './stand-in.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const boxes = (version: string): string => `/apis/example.com/${version}/namespaces/default/boxes`;

const version = (name: string, field: string): object => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: { spec: { type: 'object', properties: { [field]: { type: 'integer' } } } },
    },
  },
  selectableFields: [{ jsonPath: `.spec.${field}` }],
});

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'boxes.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Box', plural: 'boxes' },
    versions: [version('v1', 'size'), version('v2', 'width')],
    conversion: {
      strategy: 'Webhook',
      webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://hooks.example/convert' } },
    },
  },
};

const box = (of: string, name: string, spec: object): object => ({
  apiVersion: `example.com/${of}`,
  kind: 'Box',
  metadata: { name },
  spec,
});

/** `size` of v1 is `width` of v2. */
const convert: Answer = ({ objects, desiredAPIVersion }) => ({
  result: { status: 'Success' },
  convertedObjects: objects.map((object) => {
    const { size, width } = object['spec'] as { size?: number; width?: number };
    const number = size ?? width;
    const spec = desiredAPIVersion === 'example.com/v1' ? { size: number } : { width: number };
    return { ...object, apiVersion: desiredAPIVersion, spec };
  }),
});

let env: VirtualEnv;
let hooks: WebhookStandIn;
let server: ApiServer;
let client: ApiClient;

beforeEach(async () => {
  env = virtualEnv();
  hooks = new WebhookStandIn().on('/convert', convert);
  server = createApiServer({ env, webhooks: { transport: hooks.transport } });
  client = new ApiClient(server.transport(adminUser));
  await client.post(definitions, definition);
  await env.time.advance(100);
});

describe('a kind whose versions a webhook converts', () => {
  it('is written once, however often its answer has to wait', async () => {
    const { body: created } = await client.post(boxes('v2'), box('v2', 'a', { width: 1 }));
    const { body: changed } = await client.merge(`${boxes('v2')}/a`, { spec: { width: 2 } });
    expect([created['spec'], changed['spec'], changed.metadata.generation]).toEqual([{ width: 1 }, { width: 2 }, 2]);
    const { body: stored } = await client.get(`${boxes('v1')}/a`);
    expect([stored['spec'], stored.metadata.resourceVersion]).toEqual([{ size: 2 }, changed.metadata.resourceVersion]);
    const { status } = await client.delete(`${boxes('v2')}/a`);
    expect([status, (await client.get(`${boxes('v1')}/a`)).status]).toEqual([200, 404]);
  });

  it('is listed and selected in the version that is asked for', async () => {
    await client.post(boxes('v1'), box('v1', 'a', { size: 1 }));
    await client.post(boxes('v1'), box('v1', 'b', { size: 2 }));
    const { body } = await client.get(boxes('v2'));
    expect(body.items.map((item) => item['spec'])).toEqual([{ width: 1 }, { width: 2 }]);
    const { body: selected } = await client.get(`${boxes('v2')}?fieldSelector=spec.width%3D2`);
    expect(selected.items.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  it('is watched in it, in order, also where one conversion takes longer than the next', async () => {
    let late: (() => void) | undefined;
    hooks.on('/convert', (request) => {
      const [object] = request.objects as readonly { spec: { size?: number } }[];
      if (object?.spec.size !== 1) return convert(request);
      return new Promise((resolve) => {
        late = () => resolve(convert(request));
      });
    });
    const watch = await client.watch(`${boxes('v2')}?watch=true`);
    await client.post(boxes('v1'), box('v1', 'a', { size: 1 }));
    await client.post(boxes('v1'), box('v1', 'b', { size: 2 }));
    await env.time.until(() => late !== undefined);
    expect(watch.events).toEqual([]);
    late?.();
    await env.time.until(() => watch.events.length === 2);
    expect(watch.events.map(({ object }) => object['spec'])).toEqual([{ width: 1 }, { width: 2 }]);
    watch.stop();
  });

  it('ends a watch that it cannot be shown in', async () => {
    hooks.on('/convert', () => ({ result: { status: 'Failure', message: 'no' } }));
    const watch = await client.watch(`${boxes('v2')}?watch=true`);
    await client.post(boxes('v1'), box('v1', 'a', { size: 1 }));
    await env.time.until(() => watch.isEnded);
    expect(watch.events.map(({ type, object }) => [type, object.message])).toEqual([
      ['ERROR', 'conversion webhook for example.com/v1, Kind=Box failed: no'],
    ]);
  });

  it('is told to an admission webhook in the version that its rule names, and changed there', async () => {
    hooks.on('/m', () => patched({ op: 'replace', path: '/spec/width', value: 9 }));
    const own = webhook('m', { rules: [rule('CREATE', 'boxes', { apiVersions: ['v2'] })] });
    await client.post(
      '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
      configuration('Mutating', 'm', [own]),
    );
    const { body } = await client.post(boxes('v1'), box('v1', 'a', { size: 1 }));
    expect(body['spec']).toEqual({ size: 9 });
    const told = hooks.asked.find(({ path }) => path === '/m')?.request;
    expect(told).toMatchObject({
      kind: { version: 'v2' },
      requestKind: { version: 'v1' },
      object: { apiVersion: 'example.com/v2', spec: { width: 1 } },
    });
  });

  it('is garbage like any other: what only touches metadata needs no conversion', async () => {
    const { body: owner } = await client.post(boxes('v2'), box('v2', 'owner', { width: 1 }));
    const { name, uid } = owner.metadata;
    const ownerReferences = [{ apiVersion: 'example.com/v2', kind: 'Box', name, uid }];
    await client.post(boxes('v1'), {
      ...box('v1', 'owned', { size: 1 }),
      metadata: { name: 'owned', ownerReferences },
    });
    await client.delete(`${boxes('v1')}/owner`);
    hooks.on('/convert', () => ({ result: { status: 'Failure' } }));
    await env.time.advance(1000);
    expect((await client.get(`${boxes('v1')}/owned`)).status).toBe(404);
  });
});
