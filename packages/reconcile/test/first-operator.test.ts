import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { ConfigMap, run } from '@canaryop/reconcile';
import { noCredentials } from '@canaryop/reconcile/client';
import type { Transport } from '@canaryop/reconcile/env';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer } from '@canaryop/simkube';

import { greeter, Greeting } from './first-operator.ts';

const key = { namespace: 'default', name: 'a' };

/** The first operator's cluster, with one Greeting in it. */
function cluster() {
  const env = virtualEnv();
  const writes: string[] = [];
  let reads = 0;
  const server = createApiServer({ env, definitions: [Greeting.crd()] });
  const api = server.loopback;
  const transport = server.transport(adminUser);
  api.create(Greeting, Greeting.withDefaults({ apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: key, spec: {} }));
  /** One life of the process. With `dieBefore`, requests from that write on never arrive. */
  const start = (dieBefore = Infinity) => {
    const stop = new AbortController();
    let count = 0;
    const dying: Transport = {
      close: () => Promise.resolve(),
      request(request) {
        if (request.method !== 'GET') count += 1;
        if (count >= dieBefore) throw new Error('the process is dead');
        if (request.method === 'GET') reads += 1;
        else writes.push(`${request.method} ${new URL(request.url).pathname}`);
        return transport.request(request);
      },
    };
    const ended = run({
      fieldManager: 'greeter',
      controllers: [greeter],
      env,
      cluster: {
        connection: { server: 'https://cluster', transport: dying, credentials: noCredentials },
        namespace: 'default',
      },
      probes: { address: '127.0.0.1:0' },
      metrics: { address: '127.0.0.1:0' },
      signal: stop.signal,
    });
    return {
      stop: async () => {
        stop.abort();
        await Promise.all([ended, env.time.advance(100)]);
      },
    };
  };
  const isReady = (): boolean => api.get(Greeting, key)?.status?.conditions?.[0]?.status === 'True';
  const text = (): string | undefined => api.get(ConfigMap, key)?.data?.['text'];
  /** Servers listen in real time; virtual time goes on between. */
  const until = async (isDone: () => boolean): Promise<void> => {
    for (let turns = 0; turns < 2000 && !isDone(); turns += 1) await env.time.advance(10);
    expect(isDone()).toBe(true);
  };
  return { env, api, server, writes, reads: () => reads, start, isReady, text, until };
}

const childWrite = 'POST /api/v1/namespaces/default/configmaps';
const statusWrite = 'PATCH /apis/demo.io/v1/namespaces/default/greetings/a/status';

describe('a first operator', () => {
  it('creates its child, sets a condition, and writes nothing more at rest', async () => {
    const w = cluster();
    const { stop } = w.start();
    await w.until(w.isReady);
    await w.env.time.advance(3_600_000);
    expect(w.text()).toBe('hello');
    expect(w.writes).toEqual([childWrite, statusWrite]);
    await stop();
    await w.server.close();
  });

  it('writes nothing after a restart, and still follows a change and repairs its child', async () => {
    const w = cluster();
    const first = w.start();
    await w.until(w.isReady);
    await first.stop();
    w.writes.length = 0;
    const before = w.reads();
    const second = w.start();
    await w.until(() => w.reads() === before + 2);
    await w.env.time.advance(3_600_000);
    expect(w.writes).toEqual([]);
    w.api.update(Greeting, { ...present(w.api.get(Greeting, key)), spec: { text: 'bye' } });
    await w.until(() => w.text() === 'bye');
    w.api.update(ConfigMap, { ...present(w.api.get(ConfigMap, key)), data: { text: 'defaced' } });
    await w.until(() => w.text() === 'bye');
    w.api.delete(ConfigMap, key);
    await w.until(() => w.text() === 'bye');
    await second.stop();
    await w.server.close();
  });

  it.each([1, 2])('comes to the same end when it dies before its write number %i', async (dieBefore) => {
    const w = cluster();
    const first = w.start(dieBefore);
    await w.env.time.advance(1000);
    await first.stop();
    expect(w.writes).toHaveLength(dieBefore - 1);
    const second = w.start();
    await w.until(w.isReady);
    expect(w.writes).toEqual([childWrite, statusWrite]);
    await second.stop();
    await w.server.close();
  });

  it('is what docs/reconcile.md shows', async () => {
    const [page, source] = await Promise.all(
      ['../../../docs/reconcile.md', './first-operator.ts'].map((path) =>
        readFile(new URL(path, import.meta.url), 'utf8'),
      ),
    );
    expect(page).toContain(source);
  });
});

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the object is gone');
  return value;
}
