import { getEventListeners } from 'node:events';

import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../object/object.ts';
import { resourceKind } from '../object/resource-kind.ts';
import { ScriptedTransport, type RecordedRequest, type ScriptedAnswer } from '../testing/scripted-transport.ts';
import { virtualEnv } from '../testing/virtual-env.ts';
import {
  isAlreadyExists,
  isApiError,
  isConflict,
  isExpired,
  isForbidden,
  isInvalid,
  isNamespaceTerminating,
  isNotFound,
  isTooManyRequests,
  isUnauthorized,
} from './api-error.ts';
import { NoAnswerError, type RequestInfo } from './api-request.ts';
import { noCredentials, type Credentials } from './cluster-connection.ts';
import { FencedError, isFenced } from './fence.ts';
import { createClient, type ClientOptions } from './http-client.ts';
import type { ObservedWrite } from './observed-write.ts';

interface App extends KubernetesObject {
  readonly spec?: { readonly replicas?: number; readonly image?: string };
  readonly status?: { readonly ready?: number; readonly note?: string };
}

const apps = resourceKind<App>({ group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments' });
const live: App = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'demo', uid: 'u1', resourceVersion: '7', generation: 3 },
  spec: { replicas: 1, image: 'web:1' },
  status: { ready: 1, note: 'old' },
};
const path = '/apis/apps/v1/namespaces/demo/deployments/web';
const precondition = { uid: 'u1', resourceVersion: '7' };
const answered = { ...live, metadata: { ...live.metadata, resourceVersion: '8' } };

function status(
  code: number,
  reason: string,
  more: { headers?: Record<string, string>; details?: object } = {},
): ScriptedAnswer {
  const { headers = {}, details } = more;
  return {
    status: code,
    headers,
    json: { kind: 'Status', status: 'Failure', code, reason, message: `it is ${reason}`, details },
  };
}

type Script = (request: RecordedRequest, count: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

function world(
  script: Script = () => ({ json: answered }),
  options: Partial<ClientOptions> & { credentials?: Credentials } = {},
) {
  const env = virtualEnv();
  let count = 0;
  const transport = new ScriptedTransport((request) => script(request, count++));
  const observed: ObservedWrite[] = [];
  const client = createClient({
    env,
    connection: { server: 'http://api/prefix', transport, credentials: options.credentials ?? noCredentials },
    fieldManager: 'canary',
    observe: (write) => observed.push(write),
    ...options,
  });
  /** The answer or the error, after all the time that it takes. */
  const outcome = async <T>(call: Promise<T>): Promise<unknown> => {
    let done = false;
    const settled = call
      .catch((error: unknown) => error)
      .finally(() => {
        done = true;
      });
    await env.time.until(() => done);
    expect(env.time.pending).toBe(0);
    return settled;
  };
  return { client, env, transport, observed, outcome };
}

describe('what is sent', () => {
  const cases: readonly (readonly [string, (client: ReturnType<typeof createClient>) => Promise<unknown>, object])[] = [
    [
      'create: POST to the collection',
      (client) => client.create(apps, { ...live, metadata: { name: 'web', namespace: 'demo' } }),
      {
        method: 'POST',
        path: path.replace('/web', ''),
        query: { fieldManager: 'canary' },
        body: { kind: 'Deployment' },
      },
    ],
    [
      'apply: forced, of exactly this state',
      (client) =>
        client.apply(apps, live, { ...live, metadata: { name: 'web', namespace: 'demo' }, spec: { image: 'web:2' } }),
      {
        method: 'PATCH',
        path,
        query: { fieldManager: 'canary', force: 'true' },
        body: { apiVersion: 'apps/v1', metadata: { name: 'web', ...precondition }, spec: { image: 'web:2' } },
      },
    ],
    [
      'updateStatus: what changed',
      (client) => client.updateStatus(apps, live, { ready: 2 }),
      { method: 'PATCH', path: `${path}/status`, body: { metadata: precondition, status: { ready: 2, note: null } } },
    ],
    [
      'confirm: nothing but the state that was looked at',
      (client) => client.confirm(apps, live),
      { method: 'PATCH', path: `${path}/status`, body: { metadata: precondition } },
    ],
    [
      'patch: what is given',
      (client) => client.patch(apps, live, { metadata: { annotations: { a: 'b' } } }),
      { method: 'PATCH', path, body: { metadata: { annotations: { a: 'b' }, ...precondition } } },
    ],
    [
      'scale: the count alone, by the subresource',
      (client) => client.scale(apps, live, 4),
      { method: 'PATCH', path: `${path}/scale`, body: { metadata: precondition, spec: { replicas: 4 } } },
    ],
    [
      'delete: this incarnation',
      (client) => client.delete(apps, live, { propagation: 'Foreground' }),
      { method: 'DELETE', path, body: { preconditions: { uid: 'u1' }, propagationPolicy: 'Foreground' } },
    ],
  ];

  it.each(cases)('by %s', async (_, call, expected) => {
    const { client, transport } = world();
    await call(client);
    expect(transport.requests).toHaveLength(1);
    expect(transport.requests[0]).toMatchObject({ ...expected, path: `/prefix${(expected as { path: string }).path}` });
  });

  it('is decided by the method, content type included', async () => {
    const { client, transport } = world();
    for (const [, call] of cases) await call(client);
    expect(transport.requests.map((request) => request.headers['content-type'])).toEqual([
      'application/json',
      'application/apply-patch+yaml',
      'application/merge-patch+json',
      'application/merge-patch+json',
      'application/merge-patch+json',
      'application/merge-patch+json',
      'application/json',
    ]);
  });

  it('is nothing when a write would change nothing', async () => {
    const { client, transport } = world();
    expect(await client.updateStatus(apps, live, { note: 'old', ready: 1 })).toBe(live);
    expect(await client.patch(apps, live, { spec: { image: 'web:1' } })).toBe(live);
    expect(await client.apply(apps, live, { ...live, metadata: { name: 'web' }, spec: { image: 'web:1' } })).toBe(live);
    const metadata = { name: 'web', namespace: undefined };
    expect(await client.apply(apps, live, { ...live, metadata, spec: { image: 'web:1' } })).toBe(live);
    await client.scale(apps, live, 1);
    expect(transport.requests).toEqual([]);
  });

  it('is nothing when the object was not read from the server, because then nothing names its state', async () => {
    const { client, transport } = world();
    const invented = { ...live, metadata: { name: 'web', namespace: 'demo' } };
    await expect(client.patch(apps, invented, { spec: {} as App['spec'] & object, x: 1 })).rejects.toThrow(
      'deployments.apps demo/web: a write needs the live object',
    );
    await expect(client.delete(apps, invented)).rejects.toThrow('needs the uid');
    expect(transport.requests).toEqual([]);
  });

  it('keeps every field that we do not know', async () => {
    const answer = { ...answered, futureField: { a: [1] }, metadata: { ...answered.metadata, futureField: true } };
    const { client } = world(() => ({ json: answer }));
    expect(await client.patch(apps, live, { spec: { image: 'web:2' } })).toEqual(answer);
  });
});

describe('reads', () => {
  it('follow every page, and begin again when a continue token expires', async () => {
    const { client, transport } = world((request, count) => {
      if (count === 1) return status(410, 'Expired');
      const next = request.query['continue'] === undefined ? 'more' : '';
      return { json: { metadata: { continue: next }, items: [{ metadata: { name: next === '' ? 'b' : 'a' } }] } };
    });
    const items = await client.list(apps, { namespace: 'demo', labelSelector: 'a=b' });
    expect(items.map((item) => `${item.apiVersion} ${item.kind} ${item.metadata.name}`)).toEqual([
      'apps/v1 Deployment a',
      'apps/v1 Deployment b',
    ]);
    expect(transport.requests.map((request) => request.query['continue'])).toEqual([
      undefined,
      'more',
      undefined,
      'more',
    ]);
    expect(transport.requests[0]?.query).toEqual({ limit: '500', labelSelector: 'a=b' });
  });

  it('give undefined for an object that does not exist, and an error for a kind that does not', async () => {
    const { client } = world((_, count) =>
      count === 0 ? status(404, 'NotFound', { details: { name: 'web' } }) : { status: 404, json: '404 page not found' },
    );
    expect(await client.get(apps, { namespace: 'demo', name: 'web' })).toBeUndefined();
    await expect(client.get(apps, { namespace: 'demo', name: 'web' })).rejects.toThrow('get deployments.apps demo/web');
  });
});

describe('what the cache is told', () => {
  it('is the object as the server answered, frozen', async () => {
    const { client, observed } = world();
    const object = await client.patch(apps, live, { spec: { image: 'web:2' } });
    expect(observed).toEqual([{ type: 'written', kind: apps, object }]);
    expect(Object.isFrozen(object.metadata)).toBe(true);
  });

  it('is the scaled object with the next generation, or its old status would pass for the new count', async () => {
    const scale = { kind: 'Scale', metadata: { name: 'web', resourceVersion: '9' }, spec: { replicas: 4 } };
    const { client, observed } = world(() => ({ json: scale }));
    await client.scale(apps, live, 4);
    const object = {
      ...live,
      metadata: { ...live.metadata, resourceVersion: '9', generation: 4 },
      spec: { ...live.spec, replicas: 4 },
    };
    expect(observed).toEqual([{ type: 'written', kind: apps, object }]);
  });

  const gone = {
    type: 'deleted',
    kind: apps,
    key: { namespace: 'demo', name: 'web' },
    uid: 'u1',
    resourceVersion: '7',
  };
  const deleting = (more: object): ScriptedAnswer => ({
    json: { ...live, metadata: { ...live.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', ...more } },
  });

  it.each<[string, ScriptedAnswer | ((request: RecordedRequest) => ScriptedAnswer), string]>([
    ['answered with a Status', { json: { kind: 'Status', status: 'Success' } }, 'deleted'],
    ['answered with the last state', { json: live }, 'deleted'],
    ['that nothing holds up', deleting({ finalizers: [] }), 'deleted'],
    ['that a finalizer holds up', deleting({ finalizers: ['x'] }), 'written'],
    ['that a grace period holds up', deleting({ deletionGracePeriodSeconds: 30 }), 'written'],
    ['of what is gone already', status(404, 'NotFound', { details: { name: 'web' } }), 'deleted'],
    [
      'of what has been re-created under its name',
      (request) =>
        request.method === 'GET'
          ? { json: { ...live, metadata: { ...live.metadata, uid: 'u2' } } }
          : status(409, 'Conflict'),
      'deleted',
    ],
  ])('of a deletion %s', async (_, answer, type) => {
    const { client, observed } = world((request) => (typeof answer === 'function' ? answer(request) : answer));
    await client.delete(apps, live);
    expect(observed.map((write) => write.type)).toEqual([type]);
    if (type === 'deleted') expect(observed).toEqual([gone]);
  });

  it('is nothing of a deletion that the server refuses', async () => {
    const { client, observed } = world((request) =>
      request.method === 'GET' ? { json: live } : status(409, 'Conflict'),
    );
    await expect(client.delete(apps, live)).rejects.toThrow(
      'delete deployments.apps demo/web: it is Conflict (409 Conflict)',
    );
    expect(observed).toEqual([]);
  });

  it('is the deletion when a patch takes the last finalizer away', async () => {
    const { client, observed } = world(() => deleting({ resourceVersion: '8' }));
    await client.patch(apps, live, { metadata: { finalizers: null, labels: { a: 'b' } } });
    expect(observed).toEqual([{ ...gone, resourceVersion: '8' }]);
  });
});

describe('errors', () => {
  it.each<[number, string, (error: unknown) => boolean]>([
    [404, 'NotFound', isNotFound],
    [409, 'AlreadyExists', isAlreadyExists],
    [409, 'Conflict', isConflict],
    [410, 'Expired', isExpired],
    [410, 'Gone', isExpired],
    [403, 'Forbidden', isForbidden],
    [422, 'Invalid', isInvalid],
    [401, 'Unauthorized', isUnauthorized],
  ])('tell %i %s from the others', async (code, reason, guard) => {
    const { client } = world(() => status(code, reason));
    const error = await client.create(apps, live).catch((thrown: unknown) => thrown);
    const guards = [
      isNotFound,
      isAlreadyExists,
      isConflict,
      isExpired,
      isForbidden,
      isInvalid,
      isUnauthorized,
      isTooManyRequests,
    ];
    expect(guards.filter((one) => one(error))).toEqual([guard]);
    expect(error).toMatchObject({ status: code, request: 'POST /apis/apps/v1/namespaces/demo/deployments' });
    expect(String(error)).toBe(`ApiError: create deployments.apps demo/web: it is ${reason} (${code} ${reason})`);
  });

  it('tell a namespace that is on its way out from a missing right', async () => {
    const forbidden = (reason: string) => ({
      status: 403,
      json: { kind: 'Status', reason: 'Forbidden', code: 403, details: { causes: [{ reason }] } },
    });
    const refused = async (reason: string): Promise<unknown> =>
      world(() => forbidden(reason))
        .client.create(apps, live)
        .catch((error: unknown) => error);
    expect(isNamespaceTerminating(await refused('NamespaceTerminating'))).toBe(true);
    expect(isNamespaceTerminating(await refused('Another'))).toBe(false);
    const plain = await world(() => status(403, 'Forbidden'))
      .client.create(apps, live)
      .catch((error: unknown) => error);
    expect(isNamespaceTerminating(plain)).toBe(false);
  });

  it('have a reason even when a proxy answers with something else', async () => {
    const { client } = world(() => ({ status: 403, json: '<html>' }));
    expect(isForbidden(await client.create(apps, live).catch((error: unknown) => error))).toBe(true);
  });

  it('are known by brand: a second copy of the package makes errors that the first knows', () => {
    const foreign = Object.assign(new Error('x'), {
      [Symbol.for('@canaryop/reconcile/ApiError')]: true,
      reason: 'NotFound',
    });
    expect([isApiError(foreign), isNotFound(foreign), isApiError(new Error('x')), isApiError(null)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('trying again', () => {
  it('happens after a refusal with Retry-After, as late as the server asks', async () => {
    const { client, env, transport, outcome } = world((_, count) =>
      count === 0 ? status(429, 'TooManyRequests', { headers: { 'retry-after': '2' } }) : { json: answered },
    );
    const started = env.time.now();
    expect(await outcome(client.patch(apps, live, { spec: { image: 'b' } }))).toEqual(answered);
    expect(transport.requests).toHaveLength(2);
    expect(env.time.now() - started).toBeGreaterThanOrEqual(2000);
  });

  it.each<[string, ScriptedAnswer, number]>([
    ['ends after three more refusals', status(429, 'TooManyRequests'), 4],
    [
      'ends after three more 503 with Retry-After',
      status(503, 'ServiceUnavailable', { headers: { 'retry-after': '1' } }),
      4,
    ],
    [
      'does not happen when the server asks for too long a pause',
      status(429, 'TooManyRequests', { headers: { 'retry-after': '60' } }),
      1,
    ],
    ['does not happen after a 503 that may have done something', status(503, 'ServiceUnavailable'), 1],
    ['does not happen after a 500', status(500, 'InternalError'), 1],
    ['does not happen after a conflict', status(409, 'Conflict'), 1],
  ])('%s', async (_, answer, attempts) => {
    const { client, transport, outcome } = world(() => answer);
    expect(isApiError(await outcome(client.patch(apps, live, { spec: { image: 'b' } })))).toBe(true);
    expect(transport.requests).toHaveLength(attempts);
  });

  it('does not happen when a connection breaks: the write may have been applied', async () => {
    const { client, transport, outcome } = world(() => {
      throw new Error('ECONNRESET');
    });
    const error = await outcome(client.patch(apps, live, { spec: { image: 'b' } }));
    expect(error).toBeInstanceOf(NoAnswerError);
    expect(String(error)).toContain(`patch deployments.apps demo/web: no answer to PATCH ${path}: ECONNRESET`);
    expect(transport.requests).toHaveLength(1);
  });

  it('is cut short by the caller', async () => {
    const { client, env, transport } = world(() => status(429, 'TooManyRequests', { headers: { 'retry-after': '5' } }));
    const stop = new AbortController();
    const call = client.patch(apps, live, { spec: { image: 'b' } }, stop.signal);
    await env.time.advance(1000);
    stop.abort(new Error('shutting down'));
    await expect(call).rejects.toThrow('shutting down');
    expect(transport.requests).toHaveLength(1);
    expect(env.time.pending).toBe(0);
  });
});

describe('time', () => {
  it('leaves nothing behind at the signal of a caller who makes many requests', async () => {
    const { client, outcome } = world();
    const stop = new AbortController();
    for (let count = 0; count < 20; count += 1) {
      await outcome(client.patch(apps, live, { spec: { image: 'b' } }, stop.signal));
    }
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('runs out after ten seconds without an answer', async () => {
    const { client, env, outcome } = world(() => new Promise(() => undefined));
    const started = env.time.now();
    const error = await outcome(client.patch(apps, live, { spec: { image: 'b' } }));
    expect(error).toBeInstanceOf(NoAnswerError);
    expect(String(error)).toContain('it did not come within 10000 ms');
    expect(env.time.now() - started).toBe(10_000);
  });

  it('is measured and reported for each exchange', async () => {
    const seen: RequestInfo[] = [];
    const { client, outcome } = world(
      (_, count) => (count === 0 ? status(429, 'TooManyRequests') : { json: answered }),
      { onRequest: (info) => seen.push(info) },
    );
    await outcome(client.patch(apps, live, { spec: { image: 'b' } }));
    expect(seen).toMatchObject([
      { method: 'PATCH', host: 'api', code: '429' },
      { method: 'PATCH', host: 'api', code: '200' },
    ]);
  });
});

describe('credentials', () => {
  const tokens = (): Credentials & { refreshed: number } => ({
    refreshed: 0,
    headers() {
      return Promise.resolve({ authorization: `Bearer token-${this.refreshed}` });
    },
    refresh() {
      this.refreshed += 1;
      return Promise.resolve();
    },
  });

  it('are loaded anew once after a 401', async () => {
    const credentials = tokens();
    const { client, transport } = world(
      (request) =>
        request.headers['authorization'] === 'Bearer token-1' ? { json: answered } : status(401, 'Unauthorized'),
      { credentials },
    );
    expect(await client.get(apps, { name: 'web' })).toEqual(answered);
    expect(transport.requests.map((request) => request.headers['authorization'])).toEqual([
      'Bearer token-0',
      'Bearer token-1',
    ]);
  });

  it('that stay refused are an error, not a loop', async () => {
    const credentials = tokens();
    const { client, transport } = world(() => status(401, 'Unauthorized'), { credentials });
    expect(isUnauthorized(await client.get(apps, { name: 'web' }).catch((error: unknown) => error))).toBe(true);
    expect(transport.requests).toHaveLength(2);
  });
});

describe('the fence', () => {
  it('stops every mutation before it is sent, and no read', async () => {
    const fence = (): void => {
      throw new FencedError('the lease may have run out');
    };
    const { client, transport } = world(undefined, { fence });
    const writes = [
      client.create(apps, live),
      client.apply(apps, live, { ...live, spec: { image: 'b' } }),
      client.updateStatus(apps, live, {}),
      client.confirm(apps, live),
      client.patch(apps, live, { spec: { image: 'b' } }),
      client.scale(apps, live, 9),
      client.delete(apps, live),
    ];
    for (const write of writes) expect(isFenced(await write.catch((error: unknown) => error))).toBe(true);
    expect(transport.requests).toEqual([]);
    expect(await client.get(apps, { name: 'web' })).toEqual(answered);
  });

  it('is asked again before each attempt, and after credentials were waited for', async () => {
    let isLeader = true;
    const fence = (): void => {
      if (!isLeader) throw new FencedError('the lease may have run out');
    };
    const slow: Credentials = {
      ...noCredentials,
      headers: () =>
        Promise.resolve().then(() => {
          isLeader = false;
          return {};
        }),
    };
    const waited = world(undefined, { fence, credentials: slow });
    expect(isFenced(await waited.client.delete(apps, live).catch((error: unknown) => error))).toBe(true);
    expect(waited.transport.requests).toEqual([]);
    isLeader = true;
    const retried = world(
      () => {
        isLeader = false;
        return status(429, 'TooManyRequests');
      },
      { fence },
    );
    expect(isFenced(await retried.outcome(retried.client.delete(apps, live)))).toBe(true);
    expect(retried.transport.requests).toHaveLength(1);
  });
});
