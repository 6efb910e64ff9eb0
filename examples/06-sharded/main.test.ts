import { createManager } from '@canaryop/reconcile';
import { noCredentials } from '@canaryop/reconcile/client';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer } from '@canaryop/simkube';
import { mortalTransport } from '@canaryop/testkit';
import { expect, test } from 'vitest';

import { samples } from '../samples.ts';
import { shards, Ticket, tickets } from './main.ts';

test('three processes share the tickets, and two of them serve all when the third is killed', async () => {
  const env = virtualEnv();
  const server = createApiServer({ env, definitions: [Ticket.crd()] });
  const stop = new AbortController();
  const members = ['a', 'b', 'c'].map((name) => {
    const transport = mortalTransport(server.transport(adminUser));
    const connection = { server: 'https://cluster', transport, credentials: noCredentials };
    const sharding = { shards, lease: { namespace: 'default', name: 'tickets' } };
    const manager = createManager({ env, connection, fieldManager: 'tickets', instance: name, sharding });
    manager.add(tickets(name));
    return { name, manager, transport, ended: manager.start(stop.signal) };
  });
  const servers = (): readonly (string | undefined)[] =>
    server.loopback.list(Ticket).map(({ status }) => status?.servedBy);

  await env.time.advance(10_000);
  expect(members.map(({ manager }) => manager.shards.length)).toEqual([4, 4, 4]);
  for (const ticket of samples('06-sharded'))
    server.loopback.create(Ticket, Ticket.withDefaults({ ...ticket, spec: {} }));
  await env.time.advance(1000);
  expect(new Set(servers())).toEqual(new Set(['a', 'b', 'c']));

  members[2]?.transport.kill();
  for (const { metadata } of samples('06-sharded')) {
    const ticket = { apiVersion: 'examples.canaryop.io/v1', kind: 'Ticket', spec: {} };
    server.loopback.create(Ticket, { ...ticket, metadata: { ...metadata, name: `late-${metadata.name}` } });
  }
  await env.time.advance(20_000);
  expect(servers()).not.toContain(undefined);
  expect(members.slice(0, 2).map(({ manager }) => manager.shards.length)).toEqual([6, 6]);
  stop.abort();
  await Promise.all([...members.slice(0, 2).map(({ ended }) => ended), env.time.advance(1000)]);
  await server.close();
});
