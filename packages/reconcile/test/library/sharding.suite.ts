import { describe, expect, it } from 'vitest';

import { ConfigMap, controller } from '@canaryop/reconcile';
import { isFenced, type Client } from '@canaryop/reconcile/client';
import { sleep } from '@canaryop/reconcile/env';
import { leaseKind } from '@canaryop/reconcile/leader-election';
import { LeadershipLostError, operatorPermissions } from '@canaryop/reconcile/manager';
import { recordAccess } from '@canaryop/reconcile/rbac';
import { shardOf } from '@canaryop/reconcile/sharding';

import { grantAll } from './grants.ts';
import { present, textOf, type Share, type Sharing } from './share.ts';

const times = { leaseDurationMs: 4000, renewDeadlineMs: 2000, retryPeriodMs: 400, fenceMarginMs: 1000 };
const shards = 4;
const workMs = 20;
const keys = Array.from({ length: 24 }, (_, index) => `site-${index}`);

/** Members that sign ConfigMaps, and a note of every key that two of them worked on at once. */
async function members(test: Share) {
  const { namespace, server } = test;
  const busy = new Set<string>();
  const overlaps: string[] = [];
  const clients = new Map<string, Client>();
  const { informer } = await test.watch(ConfigMap, { namespace, labelSelector: 'app=sharded' });
  for (const name of keys) await test.client.create(ConfigMap, test.configMap(name, {}, { app: 'sharded' }));
  const join = (name: string, connection = server.connection) => {
    const wire = test.wire(connection);
    const signer = controller('signer')
      .for(ConfigMap)
      .may({ resource: ConfigMap, verbs: ['patch'] })
      .workers(4)
      .reconcile(async (key, context) => {
        const live = context.lister(ConfigMap).get(key);
        if (live?.metadata.labels?.['app'] !== 'sharded') return;
        if (busy.has(key.name)) overlaps.push(`${key.name} by ${name}`);
        busy.add(key.name);
        await sleep(server.env.timers, workMs);
        busy.delete(key.name);
        clients.set(`${name} ${key.name}`, context.client);
        await context.client.patch(ConfigMap, live, { data: { text: name } }, context.signal);
      });
    const options = {
      connection: wire,
      namespaces: [namespace],
      instance: name,
      requestTimeoutMs: 1500,
      sharding: { ...times, shards, lease: test.key('lock') },
    };
    return { ...test.run(options, signer), wire, signer };
  };
  const signed = (name: string): readonly string[] =>
    keys.filter((key) => textOf(informer.lister.get(test.key(key))) === name);
  return { join, signed, overlaps, clients };
}

/** Keys that are divided among processes. */
export function shardingSuite(share: Sharing): void {
  describe('members of a sharded operator', () => {
    it(
      'divide the keys, a newcomer too, and no key is worked on by two at once',
      share(async (test) => {
        const { join, signed, overlaps } = await members(test);
        const first = join('first');
        await test.until(() => signed('first').length === keys.length);
        expect(first.manager.shards).toEqual([0, 1, 2, 3]);
        const second = join('second');
        await test.until(() => first.manager.shards.length === 2 && second.manager.shards.length === 2);
        const mine = keys.filter((key) => second.manager.shards.includes(shardOf(test.key(key), shards)));
        await test.until(() => signed('second').length === mine.length);
        expect(signed('second')).toEqual(mine);
        await second.stop();
        await test.until(() => signed('first').length === keys.length);
        expect(first.manager.shards).toEqual([0, 1, 2, 3]);
        expect(overlaps).toEqual([]);
      }),
    );

    it(
      'take over the keys of one that cannot reach the server, and it writes no more',
      share(async (test) => {
        const { join, signed, overlaps, clients } = await members(test);
        const first = join('first');
        await test.until(() => first.manager.shards.length === shards);
        const second = join('second');
        await test.until(() => first.manager.shards.length === 2 && second.manager.shards.length === 2);
        await test.until(() => signed('second').length > 0);
        const [key = ''] = signed('second');
        second.wire.cut();
        await expect(test.settled(second.ended)).rejects.toBeInstanceOf(LeadershipLostError);
        expect(first.manager.shards).toHaveLength(2);
        second.wire.mend();
        const live = present(await test.client.get(ConfigMap, test.key(key)));
        const late = present(clients.get(`second ${key}`)).patch(ConfigMap, live, { data: { text: 'late' } });
        await expect(late).rejects.toSatisfy(isFenced);
        await test.until(() => signed('first').length === keys.length);
        expect(overlaps).toEqual([]);
      }),
    );

    it(
      'write nothing at rest but one renewal each, need the rights that follow, and leave no shard behind',
      share(async (test) => {
        const { namespace, server } = test;
        const { join, signed } = await members(test);
        const { signer, stop } = join('first');
        await test.until(() => signed('first').length === keys.length);
        await stop();
        const { everywhere, own } = operatorPermissions([signer], { lease: 'lock', shards });
        await grantAll(test, 'member', [...everywhere, ...own]);
        const connection = await server.connectionAs('member');
        const recorder = recordAccess(connection.transport);
        const second = join('second', { ...connection, transport: recorder.transport });
        await test.until(() => signed('second').length === keys.length);
        await server.pause(500);
        const from = second.wire.writes.length;
        await server.pause(2000);
        const renewal = `PATCH /apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/lock-member-0`;
        expect(new Set(second.wire.writes.slice(from))).toEqual(new Set([renewal]));
        await second.stop();
        expect([...recorder.refused]).toEqual([]);
        const leases = await test.client.list(leaseKind, { namespace });
        expect(leases.find(({ metadata }) => metadata.name === 'lock-member-0')?.spec?.holderIdentity).toBe('');
      }),
    );
  });
}
