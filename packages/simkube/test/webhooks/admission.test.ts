import { virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { adminUser, createApiServer, type ApiServer } from '../../src/index.ts';
import { ApiClient, type Loose } from '../api-client.ts';
import { configMap, widget, widgetDefinition } from '../widgets.ts';
import { configuration, patched, rule, webhook, WebhookStandIn } from './stand-in.ts';

const configurations = '/apis/admissionregistration.k8s.io/v1';
const configMaps = '/api/v1/namespaces/default/configmaps';
const widgets = '/apis/example.com/v1/namespaces/default/widgets';
const allow = (): object => ({ allowed: true });

let env: VirtualEnv;
let hooks: WebhookStandIn;
let server: ApiServer;
let client: ApiClient;

beforeEach(() => {
  env = virtualEnv();
  hooks = new WebhookStandIn();
  server = createApiServer({
    env,
    definitions: [widgetDefinition],
    webhooks: { transport: hooks.transport, addressOf: ({ name }) => ({ host: `${name}.local`, port: 1 }) },
  });
  client = new ApiClient(server.transport(adminUser));
});

async function validating(name: string, ...webhooks: readonly object[]): Promise<void> {
  const { status, body } = await client.post(
    `${configurations}/validatingwebhookconfigurations`,
    configuration('Validating', name, webhooks),
  );
  expect([status, body.message]).toEqual([201, undefined]);
}

async function mutating(name: string, ...webhooks: readonly object[]): Promise<void> {
  const { status, body } = await client.post(
    `${configurations}/mutatingwebhookconfigurations`,
    configuration('Mutating', name, webhooks),
  );
  expect([status, body.message]).toEqual([201, undefined]);
}

describe('a validating webhook', () => {
  it('is told who does what to which object, how, and with which options', async () => {
    hooks.on('/all', allow);
    await validating('v', webhook('all', { rules: [rule('*', 'configmaps')] }));
    await client.post(`${configMaps}?fieldManager=me`, configMap('a', { x: '1' }));
    await client.merge(`${configMaps}/a`, { data: { x: '2' } });
    await client.delete(`${configMaps}/a`);
    const [created, updated, deleted] = hooks.asked.map(({ request }) => request);
    expect(created).toMatchObject({
      operation: 'CREATE',
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
      name: 'a',
      namespace: 'default',
      userInfo: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: '1' } },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' },
    });
    expect(updated).toMatchObject({
      operation: 'UPDATE',
      object: { data: { x: '2' } },
      oldObject: { data: { x: '1' } },
      options: { kind: 'UpdateOptions' },
    });
    expect(deleted).toMatchObject({ operation: 'DELETE', object: null, oldObject: { data: { x: '2' } } });
    expect(hooks.asked).toHaveLength(3);
  });

  it.each([
    [{ message: 'no reds', reason: 'NotRed', code: 418 }, 418, 'NotRed', ': no reds'],
    [{ reason: 'NotRed' }, 400, 'NotRed', ': NotRed'],
    [{ code: 201 }, 400, undefined, ' without explanation'],
    [undefined, 400, undefined, ' without explanation'],
  ])('that says no with %j makes the answer %i', async (status, code, reason, text) => {
    hooks.on('/all', () => ({ allowed: false, ...(status === undefined ? {} : { status }) }));
    await validating('v', webhook('all'));
    const answer = await client.post(configMaps, configMap('a'));
    expect([answer.status, answer.body.reason, answer.body.message]).toEqual([
      code,
      reason,
      `admission webhook "all.example.com" denied the request${text}`,
    ]);
    expect((await client.get(`${configMaps}/a`)).status).toBe(404);
  });

  it('may warn, whatever it says', async () => {
    hooks
      .on('/yes', () => ({ allowed: true, warnings: ['old'] }))
      .on('/no', () => ({ allowed: false, warnings: ['new'] }));
    await validating('v', webhook('yes'), webhook('no'));
    const { headers } = await client.post(configMaps, configMap('a'));
    expect(headers['warning']).toBe('299 - "old", 299 - "new"');
  });

  it('may not change anything', async () => {
    hooks.on('/all', () => patched({ op: 'remove', path: '/data' }));
    await validating('v', webhook('all'));
    const { status, body } = await client.post(configMaps, configMap('a'));
    expect([status, body.reason, body.message]).toEqual([
      500,
      'InternalError',
      'Internal error occurred: failed calling webhook "all.example.com": received invalid webhook response: validating webhook may not return response.patch',
    ]);
  });

  it('is asked beside the others, and all before anything is written', async () => {
    const open: (() => void)[] = [];
    const later = (): Promise<object> => new Promise((resolve) => open.push(() => resolve({ allowed: true })));
    hooks.on('/a', later).on('/b', later);
    await validating('v', webhook('a'), webhook('b'));
    const answer = client.post(configMaps, configMap('x'));
    await env.time.until(() => open.length === 2);
    expect((await client.get(`${configMaps}/x`)).status).toBe(404);
    for (const each of open) each();
    expect((await answer).status).toBe(201);
    expect((await client.get(`${configMaps}/x`)).status).toBe(200);
  });

  it('is asked again when the object changed meanwhile', async () => {
    await client.post(configMaps, configMap('a', { x: '1', y: '1' }));
    let first: (() => void) | undefined;
    hooks.on('/a', ({ object }) => {
      if (first !== undefined || !Object.hasOwn(Object(object?.['data']) as object, 'z')) return { allowed: true };
      return new Promise((resolve) => {
        first = () => resolve({ allowed: true });
      });
    });
    await validating('v', webhook('a'));
    const slow = client.merge(`${configMaps}/a`, { data: { z: '1' } });
    await env.time.until(() => first !== undefined);
    await client.merge(`${configMaps}/a`, { data: { y: '2' } });
    first?.();
    expect((await slow).body['data']).toEqual({ x: '1', y: '2', z: '1' });
    expect(hooks.asked.at(-1)?.request.oldObject?.['data']).toEqual({ x: '1', y: '2' });
  });

  it.each([
    ['Fail', 500],
    ['Ignore', 201],
  ])('that nobody answers for, with the failure policy %s, makes it %i', async (failurePolicy, status) => {
    await validating('v', webhook('none', { failurePolicy }));
    const answer = await client.post(configMaps, configMap('a'));
    expect(answer.status).toBe(status);
    if (status === 201) return;
    expect([answer.body.reason, answer.body.message]).toEqual([
      'InternalError',
      'Internal error occurred: failed calling webhook "none.example.com": failed to call webhook: Post "https://hooks.example/none?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
    ]);
  });

  it('has the time that its configuration gives it', async () => {
    hooks.on('/slow', () => new Promise(() => undefined));
    await validating('v', webhook('slow', { timeoutSeconds: 3 }));
    const answer = client.post(configMaps, configMap('a'));
    await env.time.advance(3001);
    expect((await answer).body.message).toBe(
      'Internal error occurred: failed calling webhook "slow.example.com": failed to call webhook: Post "https://hooks.example/slow?timeout=3s": context deadline exceeded',
    );
  });

  it('behind a Service is called by its name, at the address that the server is told', async () => {
    hooks.on('/v', allow);
    const service = { namespace: 'default', name: 'hook', path: '/v', port: 8443 };
    const caBundle = Buffer.from('a CA').toString('base64');
    const own = webhook('own', { clientConfig: { service, caBundle }, rules: [rule('*', 'configmaps')] });
    await validating('v', own);
    const missing = await client.post(configMaps, configMap('a'));
    expect(missing.body.message).toMatch(/hook\.default\.svc:8443\/v\?timeout=10s": service "hook" not found$/u);
    const spec = { ports: [{ port: 443 }] };
    const path = '/api/v1/namespaces/default/services';
    await client.post(path, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'hook' }, spec });
    const portless = await client.post(configMaps, configMap('a'));
    expect(portless.body.message).toMatch(/no service port 8443 found for service "hook"$/u);
    await client.merge(`${path}/hook`, { spec: { ports: [{ port: 8443 }] } });
    expect((await client.post(configMaps, configMap('a'))).status).toBe(201);
    expect([hooks.urls, hooks.trusted]).toEqual([['https://hook.default.svc:8443/v?timeout=10s'], ['a CA']]);
  });
});

describe('which requests a webhook is asked about', () => {
  it.each<[what: string, fields: object, asked: readonly string[]]>([
    ['a resource', { rules: [rule('*', 'widgets')] }, ['CREATE ', 'UPDATE ', 'DELETE ']],
    ['an operation', { rules: [rule('UPDATE', 'widgets')] }, ['UPDATE ']],
    ['a subresource', { rules: [rule('*', 'widgets/status')] }, ['UPDATE status']],
    [
      'all subresources',
      { rules: [rule('*', 'widgets/*')] },
      ['CREATE ', 'UPDATE status', 'UPDATE scale', 'UPDATE ', 'DELETE '],
    ],
    ['another group', { rules: [rule('*', 'widgets', { apiGroups: ['apps'] })] }, []],
    ['another version', { rules: [rule('*', 'widgets', { apiVersions: ['v2'] })] }, []],
    ['its scope', { rules: [rule('CREATE', '*', { scope: 'Namespaced' })] }, ['CREATE ']],
    ['the other scope', { rules: [rule('*', '*/*', { scope: 'Cluster' })] }, []],
    ['its labels', { objectSelector: { matchLabels: { a: 'b' } } }, ['UPDATE ', 'DELETE ']],
    [
      'the labels of its namespace',
      {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['default'] }],
        },
      },
      [],
    ],
    [
      'a condition',
      {
        matchConditions: [
          { name: 'big', expression: 'has(object.spec.size) && object.spec.size > 2' },
          { name: 'r', expression: "request.operation == 'UPDATE'" },
        ],
      },
      ['UPDATE status', 'UPDATE '],
    ],
  ])('goes by %s', async (_, fields, asked) => {
    hooks.on('/w', allow);
    await validating('v', webhook('w', { ...fields, failurePolicy: 'Ignore' }));
    await client.post(widgets, widget('w', { color: 'red', size: 3 }));
    await client.merge(`${widgets}/w/status`, { status: { size: 1 } });
    await client.merge(`${widgets}/w/scale`, { spec: { replicas: 4 } });
    await client.merge(`${widgets}/w`, { metadata: { labels: { a: 'b' } } });
    await client.delete(`${widgets}/w`);
    expect(hooks.asked.map(({ request }) => `${request.operation} ${request.subResource ?? ''}`)).toEqual(asked);
  });

  it('a condition that cannot be evaluated refuses the request, or excuses the webhook', async () => {
    const matchConditions = [{ name: 'c', expression: 'object.nothing.there' }];
    await validating('v', webhook('w', { matchConditions, rules: [rule('CREATE', 'configmaps')] }));
    const { status, body } = await client.post(configMaps, configMap('a'));
    const why = "expression 'object.nothing.there' resulted in error: no such key: nothing";
    expect([status, body.message]).toEqual([403, `configmaps "a" is forbidden: ${why}`]);
    const path = `${configurations}/validatingwebhookconfigurations/v`;
    await client.merge(path, { webhooks: [webhook('w', { matchConditions, failurePolicy: 'Ignore' })] });
    expect((await client.post(configMaps, configMap('a'))).status).toBe(201);
    expect(hooks.asked).toEqual([]);
  });

  it('a Scale is told as one', async () => {
    hooks.on('/w', allow);
    await validating('v', webhook('w', { rules: [rule('*', 'widgets/scale')] }));
    await client.post(widgets, widget('w'));
    await client.merge(`${widgets}/w/scale`, { spec: { replicas: 4 } });
    expect(hooks.asked.map(({ request }) => request)).toMatchObject([
      {
        kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
        subResource: 'scale',
        requestSubResource: 'scale',
        object: { kind: 'Scale', spec: { replicas: 4 } },
        oldObject: { kind: 'Scale', spec: { replicas: 1 } },
      },
    ]);
  });

  it('each object of a deleted collection, without its name', async () => {
    await client.post(configMaps, configMap('a'));
    await client.post(configMaps, configMap('b'));
    hooks.on('/w', ({ oldObject }) => ({ allowed: (oldObject as unknown as Loose).metadata.name !== 'b' }));
    await validating('v', webhook('w', { rules: [rule('DELETE', 'configmaps')] }));
    const { status } = await client.delete(configMaps);
    expect([status, hooks.asked.map(({ request }) => request.name)]).toEqual([400, [undefined, undefined]]);
    expect((await client.get(configMaps)).body.items.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  it('never the configurations of webhooks', async () => {
    await validating('v', webhook('w'));
    await mutating('m', webhook('m'));
    expect((await client.delete(`${configurations}/validatingwebhookconfigurations/v`)).status).toBe(200);
    expect(hooks.asked).toEqual([]);
  });

  it('not what the cluster itself does', async () => {
    await validating('v', webhook('w'));
    const api = server.loopback;
    const kind = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true } as const;
    api.create(kind, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' } });
    expect(hooks.asked).toEqual([]);
  });
});

describe('a mutating webhook', () => {
  it('changes what is stored, before validation, defaults and pruning, and owns nothing of it', async () => {
    hooks.on('/m', () =>
      patched(
        { op: 'add', path: '/spec/color', value: 'blue' },
        { op: 'add', path: '/spec/nonsense', value: 1 },
        { op: 'add', path: '/metadata/labels', value: { by: 'webhook' } },
      ),
    );
    await mutating('m', webhook('m', { rules: [rule('CREATE', 'widgets')] }));
    const { status, body } = await client.post(widgets, widget('w', { size: 2 }));
    expect([status, body['spec'], body.metadata.labels]).toEqual([201, { color: 'blue', size: 2 }, { by: 'webhook' }]);
    const { managedFields } = body.metadata as unknown as { managedFields: { fieldsV1: object }[] };
    expect(managedFields.map(({ fieldsV1 }) => fieldsV1)).toEqual([{ 'f:spec': { '.': {}, 'f:size': {} } }]);
  });

  it('cannot make what its kind does not allow', async () => {
    hooks.on('/m', () => patched({ op: 'add', path: '/spec/color', value: 'green' }));
    await mutating('m', webhook('m', { rules: [rule('CREATE', 'widgets')] }));
    const { status, body } = await client.post(widgets, widget('w'));
    expect(status).toBe(422);
    expect(body.message).toContain('spec.color: Unsupported value: "green": supported values: "red", "blue"');
  });

  it('sees a new object before its name is made, and a validating one after', async () => {
    hooks.on('/m', () => patched({ op: 'add', path: '/data', value: { a: 'b' } })).on('/v', allow);
    await mutating('m', webhook('m'));
    await validating('v', webhook('v'));
    const { body } = await client.post(configMaps, { ...configMap(''), metadata: { generateName: 'run-' } });
    const [before, after] = hooks.asked.map(({ request }) => request);
    expect([before?.name, before?.object?.['metadata']]).toMatchObject([
      undefined,
      { generateName: 'run-', namespace: 'default' },
    ]);
    expect(before?.object?.['metadata']).not.toHaveProperty('uid');
    expect(after).toMatchObject({ name: body.metadata.name, object: { metadata: { uid: body.metadata.uid } } });
  });

  it('comes in the order of names, each seeing what those before it did, and again where it asks for that', async () => {
    const label = (name: string) => () => patched({ op: 'add', path: `/data/${name}`, value: name });
    hooks.on('/a', label('a')).on('/b', label('b')).on('/c', label('c'));
    await mutating('z', webhook('c'));
    await mutating('y', webhook('a', { reinvocationPolicy: 'IfNeeded' }), webhook('b'));
    await client.post(configMaps, configMap('x', { own: '1' }));
    const seen = hooks.asked.map(
      ({ path, request }) => `${path} ${Object.keys(request.object?.['data'] as object).join()}`,
    );
    expect(seen).toEqual(['/a own', '/b own,a', '/c own,a,b', '/a own,a,b,c']);
  });

  it.each([
    ['a PUT', () => client.put(`${configMaps}/a`, configMap('a', { own: '2' }))],
    ['a patch', () => client.merge(`${configMaps}/a`, { data: { own: '2' } })],
    ['an apply', () => client.apply(`${configMaps}/a`, 'me', configMap('a', { own: '2' }), '&force=true')],
  ])('changes %s, too', async (_, write) => {
    await client.post(configMaps, configMap('a', { own: '1' }));
    hooks.on('/m', () => patched({ op: 'add', path: '/data/more', value: 'yes' }));
    await mutating('m', webhook('m'));
    expect((await write()).body['data']).toEqual({ own: '2', more: 'yes' });
    expect((await client.get(`${configMaps}/a`)).body['data']).toEqual({ own: '2', more: 'yes' });
  });

  it('changes a Scale', async () => {
    await client.post(widgets, widget('w'));
    hooks.on('/m', () => patched({ op: 'replace', path: '/spec/replicas', value: 7 }));
    await mutating('m', webhook('m', { rules: [rule('*', '*/scale')] }));
    const { body } = await client.merge(`${widgets}/w/scale`, { spec: { replicas: 4 } });
    expect(body['spec']).toEqual({ replicas: 7 });
  });

  it('has nothing to change about a deletion', async () => {
    await client.post(configMaps, configMap('a'));
    hooks.on('/m', () => patched({ op: 'add', path: '/data', value: {} }));
    await mutating('m', webhook('m'));
    const { status, body } = await client.delete(`${configMaps}/a`);
    expect([status, body.message]).toEqual([
      500,
      'Internal error occurred: admission webhook "m.example.com" attempted to modify the object, which is not supported for this operation',
    ]);
  });

  it.each<[what: string, response: object, why: string]>([
    [
      'is for another request',
      { uid: 'x', allowed: true },
      'received invalid webhook response: expected response.uid="',
    ],
    [
      'has a patch of no type',
      { ...patched({ op: 'x' }), patchType: undefined },
      'received invalid webhook response: webhook returned response.patch but not response.patchType',
    ],
    [
      'has a type of no patch',
      { allowed: true, patchType: 'JSONPatch' },
      'received invalid webhook response: webhook returned response.patchType but not response.patch',
    ],
    ['has an unreadable patch', { ...patched(), patch: 'eA==' }, 'received undecodable patch in webhook response: '],
  ])('whose answer %s has failed', async (_, response, why) => {
    hooks.on('/m', () => response);
    await mutating('m', webhook('m'));
    const { status, body } = await client.post(configMaps, configMap('a'));
    expect(status).toBe(500);
    expect(body.message).toContain(`Internal error occurred: failed calling webhook "m.example.com": ${why}`);
  });
});

describe('a dry run', () => {
  it('asks those that promise to do nothing', async () => {
    hooks.on('/m', () => patched({ op: 'add', path: '/data', value: { a: 'b' } }));
    await mutating('m', webhook('m', { sideEffects: 'NoneOnDryRun' }));
    const { body } = await client.post(`${configMaps}?dryRun=All`, configMap('a'));
    expect([body['data'], hooks.asked[0]?.request.dryRun]).toEqual([{ a: 'b' }, true]);
    expect((await client.get(`${configMaps}/a`)).status).toBe(404);
  });
});
