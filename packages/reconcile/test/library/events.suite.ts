import { describe, expect, it } from 'vitest';

import { ConfigMap, controller } from '@canaryop/reconcile';
import { eventKind } from '@canaryop/reconcile/events';

import type { Sharing } from './share.ts';

/** What `kubectl describe` shows of what an operator did. */
export function eventsSuite(share: Sharing): void {
  describe('events', () => {
    it(
      'are found by their object, and the same again raises a count',
      share(async (test) => {
        const { client, namespace } = test;
        const { informer } = await test.watch(eventKind, { namespace });
        const teller = controller('teller')
          .for(ConfigMap)
          .reconcile((key, { lister, events }) => {
            const object = lister(ConfigMap).get(key);
            if (object !== undefined && key.name === 'a') events.event(object, 'Normal', 'Seen', 'it was seen');
            return Promise.resolve();
          });
        const { stop } = test.run({ namespaces: [namespace], instance: 'pod-1' }, teller);
        await client.create(ConfigMap, test.configMap('a', { text: '1' }));
        await test.until(() => informer.lister.list().length === 1);
        await test.edit(ConfigMap, 'a', { data: { text: '2' } });
        await test.until(() => informer.lister.list()[0]?.count === 2);
        await stop();
        const fieldSelector = 'involvedObject.kind=ConfigMap,involvedObject.name=a,reason=Seen';
        expect(await client.list(eventKind, { namespace, fieldSelector })).toEqual([
          expect.objectContaining({
            type: 'Normal',
            message: 'it was seen',
            count: 2,
            reportingComponent: 'tester',
            reportingInstance: 'pod-1',
          }),
        ]);
      }),
    );
  });
}
