import { describe, expect, it } from 'vitest';

import { ConfigMap, run } from '@canaryop/reconcile';

import { greeter, Greeting } from '../first-operator.ts';
import { present, textOf, type Share, type Sharing } from './share.ts';
import type { Wire } from './wire.ts';

const local = { address: '127.0.0.1:0' };
const name = 'greeting';

/** One life of the operator's process, over a wire of its own. */
function live(share: Share, wire: Wire): { readonly stop: () => Promise<void> } {
  const stop = new AbortController();
  const ended = run({
    fieldManager: 'greeter',
    controllers: [greeter],
    namespaces: [share.namespace],
    env: share.server.env,
    cluster: { connection: wire, namespace: share.namespace },
    probes: local,
    metrics: local,
    signal: stop.signal,
  });
  return {
    stop: async () => {
      stop.abort();
      await share.settled(ended);
    },
  };
}

/** A Greeting on the server, and what has become of it. */
async function greeting(share: Share) {
  const { client, namespace } = share;
  await share.install(Greeting);
  const manifest = { apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: share.key(name), spec: {} };
  await client.create(Greeting, Greeting.withDefaults(manifest));
  const children = await share.watch(ConfigMap, { namespace });
  const greetings = await share.watch(Greeting, { namespace });
  return {
    text: () => textOf(children.informer.lister.get(share.key(name))),
    isReady: () => greetings.informer.lister.get(share.key(name))?.status?.conditions?.[0]?.status === 'True',
  };
}

function writesOf(share: Share): readonly [child: string, status: string] {
  const { namespace } = share;
  return [
    `POST /api/v1/namespaces/${namespace}/configmaps`,
    `PATCH /apis/demo.io/v1/namespaces/${namespace}/greetings/${name}/status`,
  ];
}

/** The operator of docs/reconcile.md, from its start to its end. */
export function firstOperatorSuite(share: Sharing): void {
  describe('a first operator', () => {
    it(
      'makes nothing for an owner that is being deleted, so that a deletion in the foreground ends',
      share(async (test) => {
        const { client } = test;
        const wire = test.wire();
        const operator = live(test, wire);
        const { text } = await greeting(test);
        await test.until(() => text() !== undefined);
        await client.delete(Greeting, present(await client.get(Greeting, test.key(name))), {
          propagation: 'Foreground',
        });
        const left = await test.watch(Greeting, { namespace: test.namespace });
        await test.until(() => text() === undefined && left.names().length === 0);
        await operator.stop();
      }),
    );

    it(
      'creates its child and sets a condition, by two writes; and writes nothing after a restart',
      share(async (test) => {
        const { text, isReady } = await greeting(test);
        const wires = [test.wire(), test.wire()] as const;
        const first = live(test, wires[0]);
        await test.until(isReady);
        await test.server.pause(500);
        await first.stop();
        expect(text()).toBe('hello');
        expect(wires[0].writes).toEqual(writesOf(test));
        const second = live(test, wires[1]);
        await test.until(() => wires[1].watches.length === 2);
        await test.server.pause(1000);
        await second.stop();
        expect(wires[1].writes).toEqual([]);
      }),
    );

    it(
      'follows a change, and repairs its child',
      share(async (test) => {
        const { text } = await greeting(test);
        const { stop } = live(test, test.wire());
        await test.until(() => text() === 'hello');
        await test.edit(Greeting, name, { spec: { text: 'bye' } });
        await test.until(() => text() === 'bye');
        await test.edit(ConfigMap, name, { data: { text: 'defaced' } });
        await test.until(() => text() === 'defaced' || text() === 'bye');
        await test.until(() => text() === 'bye');
        const { uid } = present(await test.client.get(ConfigMap, test.key(name))).metadata;
        await test.client.delete(ConfigMap, present(await test.client.get(ConfigMap, test.key(name))));
        await test.until(() => text() === undefined || text() === 'bye');
        await test.until(() => text() === 'bye');
        await stop();
        expect((await test.client.get(ConfigMap, test.key(name)))?.metadata.uid).not.toBe(uid);
      }),
    );

    it.each([1, 2])('comes to the same end when it dies before its write number %i', async (dieBefore) => {
      await share(async (test) => {
        const { isReady } = await greeting(test);
        const wires = [test.wire(), test.wire()] as const;
        wires[0].diesBeforeWrite = dieBefore;
        const first = live(test, wires[0]);
        await test.until(() => wires[0].isCut);
        await first.stop();
        expect(wires[0].writes).toHaveLength(dieBefore - 1);
        const second = live(test, wires[1]);
        await test.until(isReady);
        await second.stop();
        expect([...wires[0].writes, ...wires[1].writes]).toEqual(writesOf(test));
      })();
    });
  });
}
