import { readFile } from 'node:fs/promises';
import { setTimeout as realTime } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { run, type Manager } from '@canaryop/reconcile';
import { noCredentials } from '@canaryop/reconcile/client';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer } from '@canaryop/simkube';

import { greeter, Greeting } from './first-operator.ts';
import { Wire } from './library/wire.ts';

describe('a first operator', () => {
  it('writes nothing more in an hour at rest', async () => {
    const env = virtualEnv();
    const server = createApiServer({ env, definitions: [Greeting.crd()] });
    const metadata = { namespace: 'default', name: 'a' };
    server.loopback.create(
      Greeting,
      Greeting.withDefaults({ apiVersion: 'demo.io/v1', kind: 'Greeting', metadata, spec: {} }),
    );
    const transport = server.transport(adminUser);
    const connection = new Wire({ server: 'https://cluster', transport, credentials: noCredentials });
    const local = { address: '127.0.0.1:0' };
    const stop = new AbortController();
    let manager: Manager | undefined;
    const ended = run({
      onManager: (given) => {
        manager = given;
      },
      fieldManager: 'greeter',
      controllers: [greeter],
      env,
      cluster: { connection, namespace: 'default' },
      probes: local,
      metrics: local,
      signal: stop.signal,
    });
    // Servers listen in real time; virtual time goes on between, and waits when it is far ahead.
    for (let turns = 0; turns < 3000 && connection.writes.length < 2; turns += 1) {
      await env.time.advance(10);
      if (turns > 1000) await realTime(1);
    }
    await env.time.advance(3_600_000);
    expect(connection.writes).toHaveLength(2);
    expect(manager?.isLeader).toBe(true);
    stop.abort();
    await Promise.all([ended, env.time.advance(100)]);
    await server.close();
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
