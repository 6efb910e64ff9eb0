import { virtualEnv } from '@canaryop/reconcile/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { adminUser, createApiServer, type ApiServer } from '../../src/index.ts';
import { ApiClient, type Loose } from '../api-client.ts';
import { configMap, widget, widgetDefinition } from '../widgets.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const widgets = '/apis/example.com/v1/namespaces/default/widgets';

let server: ApiServer;
let client: ApiClient;
beforeEach(() => {
  server = createApiServer({ env: virtualEnv(), definitions: [widgetDefinition] });
  client = new ApiClient(server.transport(adminUser));
});

describe('a write', () => {
  it('that changes nothing keeps the resourceVersion', async () => {
    const { body: created } = await client.post(configMaps, configMap('a', { x: '1' }));
    const put = await client.put(`${configMaps}/a`, created);
    const merged = await client.merge(`${configMaps}/a`, { data: { x: '1' } });
    expect([put.body.metadata.resourceVersion, merged.body.metadata.resourceVersion]).toEqual([
      created.metadata.resourceVersion,
      created.metadata.resourceVersion,
    ]);
  });

  it('on a stale resourceVersion is a conflict', async () => {
    const { body: created } = await client.post(configMaps, configMap('a'));
    await client.merge(`${configMaps}/a`, { data: { x: '1' } });
    const { status, body } = await client.put(`${configMaps}/a`, created);
    expect([status, body.reason]).toEqual([409, 'Conflict']);
    expect(body.message).toBe(
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  it('with dryRun answers as if, and stores nothing', async () => {
    const { status, body } = await client.post(`${configMaps}?dryRun=All`, configMap('a'));
    expect([status, body.metadata.name]).toEqual([201, 'a']);
    expect((await client.get(`${configMaps}/a`)).status).toBe(404);
  });

  it('of a name that is taken is AlreadyExists', async () => {
    await client.post(configMaps, configMap('a'));
    const { status, body } = await client.post(configMaps, configMap('a'));
    expect([status, body.reason, body.message]).toEqual([409, 'AlreadyExists', 'configmaps "a" already exists']);
  });

  it('into a namespace that does not exist is NotFound', async () => {
    const { status, body } = await client.post('/api/v1/namespaces/nowhere/configmaps', configMap('a'));
    expect([status, body.message]).toEqual([404, 'namespaces "nowhere" not found']);
  });

  it('makes a name from generateName', async () => {
    const { body } = await client.post(configMaps, { ...configMap(''), metadata: { generateName: 'run-' } });
    expect(body.metadata.name).toMatch(/^run-[a-z0-9]{5}$/u);
  });

  it.each([
    ['Strict', 400, undefined],
    ['Warn', 201, '299 - "unknown field \\"spec.colour\\""'],
    ['Ignore', 201, undefined],
  ])('with fieldValidation=%s answers an unknown field with %i', async (mode, status, warning) => {
    const answer = await client.post(`${widgets}?fieldValidation=${mode}`, widget('w', { color: 'red', colour: 'x' }));
    expect([answer.status, answer.headers['warning']]).toEqual([status, warning]);
    if (status === 201) expect(answer.body['spec']).toEqual({ color: 'red', size: 1 });
    else expect(answer.body.message).toContain('strict decoding error: unknown field "spec.colour"');
  });

  it('of a custom resource by PUT needs a resourceVersion', async () => {
    await client.post(widgets, widget('w'));
    const { status, body } = await client.put(`${widgets}/w`, widget('w', { color: 'blue' }));
    expect([status, body.message]).toEqual([
      422,
      'widgets.example.com "w" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    ]);
  });

  it('of a null that the schema does not allow counts as absent', async () => {
    const { status, body } = await client.post(widgets, widget('w', { color: null }));
    expect([status, body.message]).toEqual([422, expect.stringContaining('spec.color: Required value')]);
  });

  it('leaves to nobody what the server allocates', async () => {
    const spec = { ports: [{ port: 80 }] };
    const { body } = await client.post('/api/v1/namespaces/default/services', { metadata: { name: 's' }, spec });
    expect(JSON.stringify(body.metadata)).not.toContain('f:clusterIP');
    expect(body['spec']).toMatchObject({ clusterIP: expect.stringMatching(/^10\.96\./u) as unknown });
  });

  it('that breaks the schema names the field', async () => {
    const { status, body } = await client.post(widgets, widget('w', { color: 'green' }));
    expect([status, body.reason]).toEqual([422, 'Invalid']);
    expect(body.message).toContain('Widget.example.com "w" is invalid: ');
    expect(body.message).toContain('spec.color: Unsupported value: "green": supported values: "red", "blue"');
  });

  it('that breaks a CEL rule gives its message', async () => {
    const { status, body } = await client.post(widgets, widget('w', { color: 'red', size: 11 }));
    expect([status, body.message]).toEqual([
      422,
      'Widget.example.com "w" is invalid: spec: Invalid value: size must be at most 10',
    ]);
  });

  it('keeps keys such as __proto__ as plain data', async () => {
    const text = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"p"},"data":{"__proto__x":"1"}}';
    const { status } = await client.send('POST', configMaps, text.replace('__proto__x', 'constructor'));
    expect(status).toBe(201);
    const { body } = await client.get(`${configMaps}/p`);
    expect(Object.hasOwn(body['data'] as object, 'constructor')).toBe(true);
  });
});

describe('generation', () => {
  it('counts changes of the spec, not of metadata and status', async () => {
    const { body: created } = await client.post(widgets, widget('w'));
    const labelled = await client.merge(`${widgets}/w`, { metadata: { labels: { a: 'b' } } });
    const judged = await client.merge(`${widgets}/w/status`, { status: { ready: true } });
    const changed = await client.merge(`${widgets}/w`, { spec: { size: 2 } });
    expect([created, labelled.body, judged.body, changed.body].map((each) => each.metadata.generation)).toEqual([
      1, 1, 1, 2,
    ]);
  });
});

describe('the status subresource', () => {
  it('changes status only, and the object itself never changes status', async () => {
    await client.post(widgets, { ...widget('w'), status: { from: 'create' } });
    const main = await client.merge(`${widgets}/w`, { status: { from: 'main' } });
    expect(main.body['status']).toBeUndefined();
    const status = await client.merge(`${widgets}/w/status`, { status: { from: 'status' }, spec: { size: 5 } });
    expect([status.body['status'], status.body['spec']]).toEqual([{ from: 'status' }, { color: 'red', size: 1 }]);
  });
});

describe('the scale subresource', () => {
  it('reads and sets the replica count, and leaves it to the scaler', async () => {
    await client.apply(`${widgets}/w`, 'owner', widget('w'));
    const scaled = await client.merge(`${widgets}/w/scale`, { spec: { replicas: 4 } });
    expect([scaled.body.kind, scaled.body['spec']]).toEqual(['Scale', { replicas: 4 }]);
    const applied = await client.apply(`${widgets}/w`, 'owner', widget('w'), '&force=true');
    expect(applied.body['spec']).toEqual({ color: 'red', size: 4 });
  });
});

describe('server-side apply', () => {
  it('creates, then changes nothing when applied again', async () => {
    const first = await client.apply(`${widgets}/w`, 'me', widget('w'));
    const second = await client.apply(`${widgets}/w`, 'me', widget('w'));
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  it('refuses a field that another manager owns, names it, and takes it by force', async () => {
    await client.apply(`${widgets}/w`, 'me', widget('w'));
    const other = await client.apply<Loose & { details: { causes: unknown } }>(
      `${widgets}/w`,
      'you',
      widget('w', { color: 'blue' }),
    );
    expect([other.status, other.body.details.causes]).toEqual([
      409,
      [{ reason: 'FieldManagerConflict', message: 'conflict with "me"', field: '.spec.color' }],
    ]);
    const forced = await client.apply(`${widgets}/w`, 'you', widget('w', { color: 'blue' }), '&force=true');
    expect(forced.body['spec']).toEqual({ color: 'blue', size: 1 });
  });

  it('removes what it no longer applies', async () => {
    const labelled = { ...widget('w'), metadata: { name: 'w', labels: { a: '1', b: '2' } } };
    await client.apply(`${widgets}/w`, 'me', labelled);
    const { body } = await client.apply(`${widgets}/w`, 'me', {
      ...labelled,
      metadata: { name: 'w', labels: { a: '1' } },
    });
    expect(body.metadata.labels).toEqual({ a: '1' });
  });

  it('refuses a uid or resourceVersion that is not the stored one', async () => {
    const { body } = await client.apply(`${widgets}/w`, 'me', widget('w'));
    const at = (metadata: object): object => ({
      ...widget('w', { color: 'blue' }),
      metadata: { name: 'w', ...metadata },
    });
    const uid = await client.apply(`${widgets}/w`, 'me', at({ uid: 'other' }));
    const version = await client.apply(`${widgets}/w`, 'me', at({ uid: body.metadata.uid, resourceVersion: '1' }));
    const gone = await client.apply(`${widgets}/v`, 'me', { ...widget('v'), metadata: { name: 'v', uid: 'x' } });
    expect([uid.status, version.status, gone.status]).toEqual([422, 409, 409]);
  });

  it('names an undeclared field', async () => {
    const { status, body } = await client.apply(`${widgets}/w`, 'me', widget('w', { color: 'red', colour: 'x' }));
    expect([status, body.message]).toEqual([
      500,
      'failed to create typed patch object (/w; example.com/v1, Kind=Widget): .spec.colour: field not declared in schema',
    ]);
  });
});
