import { describe, expect, it } from 'vitest';

import { ConfigMap, controller, type Reconciler } from '@canaryop/reconcile';
import { recordingLogger } from '@canaryop/reconcile/testing';

import { greeter, Greeting } from '../first-operator.ts';
import type { Share, Sharing } from './share.ts';

/** Runs a reconciler of ConfigMap `a`, checked, until it is told to stop. */
function checked(test: Share, reconcile: Reconciler) {
  const { log, lines } = recordingLogger();
  const restless = controller('restless')
    .for(ConfigMap)
    .reconcile((key, context) => (key.name === 'a' ? reconcile(key, context) : Promise.resolve()));
  const env = { ...test.server.env, log };
  const running = test.run({ env, namespaces: [test.namespace], checkIdempotence: true }, restless);
  const warnings = () => lines.filter(({ message }) => message.startsWith('this reconcile is not idempotent'));
  const counted = async (): Promise<string | undefined> =>
    /^reconcile_writes_at_rest_total\{controller="restless"\} (?<count>\d+)$/mu.exec(
      (await running.manager.registry.render()).body,
    )?.groups?.['count'];
  return { ...running, warnings, counted };
}

/** Reconcilers that write at rest. */
export function idempotenceSuite(share: Sharing): void {
  describe('a check of idempotence', () => {
    it(
      'tells of a reconciler that writes the time: which object, which field, who',
      share(async (test) => {
        let count = 0;
        const { warnings, counted, stop } = checked(test, async (key, { lister, client }) => {
          const live = lister(ConfigMap).get(key);
          if (live === undefined || count >= 6) return;
          count += 1;
          await client.patch(ConfigMap, live, { data: { seen: String(count) } });
        });
        await test.client.create(ConfigMap, test.configMap('a'));
        await test.until(() => warnings().length >= 3);
        await stop();
        expect(warnings()[0]?.fields).toMatchObject({
          controller: 'restless',
          namespace: test.namespace,
          name: 'a',
          writes: [`patch configmaps ${test.namespace}/a (.data.seen), 3 in a row`],
        });
        expect(Number(await counted())).toBeGreaterThanOrEqual(3);
      }),
    );

    it(
      'says nothing of one that takes steps, of one whose time has come, nor of a first operator',
      share(async (test) => {
        let passes = 0;
        const { warnings, counted, stop } = checked(test, async (key, { lister, client }) => {
          const live = lister(ConfigMap).get(key);
          if (live === undefined) return undefined;
          passes += 1;
          const step = Object.keys(live.data ?? {}).length;
          if (step < 5) await client.patch(ConfigMap, live, { data: { [`step-${step}`]: 'done' } });
          if (step === 5) await client.patch(ConfigMap, live, { data: { tick: String(passes) } });
          return step < 5 || passes > 12 ? undefined : { requeueAfterMs: 20 };
        });
        await test.install(Greeting);
        const { log, lines } = recordingLogger();
        const env = { ...test.server.env, log };
        const options = { env, namespaces: [test.namespace], checkIdempotence: true, fieldManager: 'greeter' };
        const second = test.run(options, greeter);
        const manifest = { apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: test.key('b'), spec: {} };
        await test.client.create(Greeting, Greeting.withDefaults(manifest));
        await test.client.create(ConfigMap, test.configMap('a'));
        await test.until(() => passes > 12);
        await stop();
        await second.stop();
        expect(warnings()).toEqual([]);
        expect(await counted()).toBe('0');
        expect(lines.filter(({ level }) => level === 'warn')).toEqual([]);
      }),
    );
  });
}
