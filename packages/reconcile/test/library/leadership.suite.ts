import { describe, expect, it } from 'vitest';

import { ConfigMap, controller } from '@canaryop/reconcile';
import { isFenced, type Client } from '@canaryop/reconcile/client';
import { leaseKind } from '@canaryop/reconcile/leader-election';
import { LeadershipLostError } from '@canaryop/reconcile/manager';

import { present, textOf, type RunningManager, type Share, type Sharing } from './share.ts';
import type { Wire } from './wire.ts';

const times = { leaseDurationMs: 4000, renewDeadlineMs: 2000, retryPeriodMs: 400, fenceMarginMs: 1000 };

/** One of two replicas: it writes its name into a ConfigMap. */
interface Replica extends RunningManager {
  readonly wire: Wire;
  /** The client of its controller, once that has worked. */
  readonly client: () => Client | undefined;
}

function replica(test: Share, name: string): Replica {
  const wire = test.wire();
  let client: Client | undefined;
  const signer = controller('signer')
    .for(ConfigMap)
    .reconcile(async (key, context) => {
      const live = context.lister(ConfigMap).get(key);
      if (key.name !== 'signed' || live === undefined) return;
      client = context.client;
      await context.client.patch(ConfigMap, live, { data: { text: name } }, context.signal);
    });
  const options = {
    connection: wire,
    namespaces: [test.namespace],
    instance: name,
    requestTimeoutMs: 1500,
    leaderElection: { ...times, lease: test.key('lock') },
  };
  return { ...test.run(options, signer), wire, client: () => client };
}

/** Two replicas and a Lease: the first leads. */
async function pair(test: Share) {
  const { namespace } = test;
  await test.client.create(ConfigMap, test.configMap('signed'));
  const signed = await test.watch(ConfigMap, { namespace });
  const signature = (): string | undefined => textOf(signed.informer.lister.get(test.key('signed')));
  const first = replica(test, 'first');
  await test.until(() => signature() === 'first');
  const second = replica(test, 'second');
  await test.until(() => second.manager.informer(ConfigMap).hasSynced);
  await test.server.pause(1000);
  expect([first.manager.isLeader, second.manager.isLeader, signature()]).toEqual([true, false, 'first']);
  const lease = async () => present(await test.client.get(leaseKind, test.key('lock'))).spec;
  return { first, second, signature, lease };
}

function configMapReads({ reads, watches }: Wire): number {
  return [...reads, ...watches].filter(({ pathname }) => pathname.endsWith('/configmaps')).length;
}

/** Of several replicas one works. */
export function leadershipSuite(share: Sharing): void {
  describe('of two replicas', () => {
    it(
      'the standby keeps its cache filled, and takes over as soon as the leader stops',
      share(async (test) => {
        const { first, second, signature, lease } = await pair(test);
        const before = present(await lease());
        expect(before.holderIdentity).toMatch(/^first_/u);
        expect([before.leaseDurationSeconds, before.renewTime]).toEqual([4, expect.stringMatching(/\.\d{6}Z$/u)]);
        const asked = configMapReads(second.wire);
        const stoppedAtMs = test.server.env.clock.monotonic();
        await first.stop();
        await test.until(() => signature() === 'second');
        expect(test.server.env.clock.monotonic() - stoppedAtMs).toBeLessThan(times.leaseDurationMs);
        expect(present(await lease()).holderIdentity).toMatch(/^second_/u);
        expect([asked, configMapReads(second.wire)]).toEqual([1, 1]);
      }),
    );

    it(
      'one that cannot reach the server stops writing, ends, and is replaced',
      share(async (test) => {
        const { first, second, signature, lease } = await pair(test);
        const client = present(first.client());
        first.wire.cut();
        await expect(test.settled(first.ended)).rejects.toBeInstanceOf(LeadershipLostError);
        expect(second.manager.isLeader).toBe(false);
        first.wire.mend();
        const live = present(await test.client.get(ConfigMap, test.key('signed')));
        await expect(client.patch(ConfigMap, live, { data: { text: 'late' } })).rejects.toSatisfy(isFenced);
        await test.until(() => signature() === 'second');
        expect(present(await lease()).leaseTransitions).toBe(1);
        await second.stop();
        expect(present(await lease()).holderIdentity).toBe('');
      }),
    );
  });
}
