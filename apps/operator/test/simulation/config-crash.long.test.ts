import type { Transport } from '@canaryop/reconcile/env';
import { describe, expect, it } from 'vitest';

import { ConfigStory } from './config-story.ts';

const moments = ['before it is sent', 'before its answer'] as const;
type Moment = (typeof moments)[number];

interface Told {
  readonly requests: number;
  readonly end: object;
}

/** A change of a ConfigMap and of a Secret, up to its end; the operator dies once, at the given request. */
async function tell(mode: string, crash?: { readonly request: number; readonly moment: Moment }): Promise<Told> {
  let count = 0;
  let isArmed = false;
  let isDead = false;
  const wrap = (inner: Transport): Transport => ({
    close: () => inner.close(),
    async request(request) {
      if (!isArmed || request.url.includes('watch=')) return inner.request(request);
      count += 1;
      if (count !== crash?.request) return inner.request(request);
      if (crash.moment === 'before its answer') await inner.request(request);
      shop.killOperator();
      isDead = true;
      return new Promise<never>(() => undefined);
    },
  });
  const shop = new ConfigStory({
    wrap,
    spec: {
      strategy: { stepWeight: 50, maxWeight: 50 },
      progressDeadlineSeconds: 8,
      drainSeconds: 1,
      deploymentReadyWaitTime: 1,
    },
  });
  shop.makeTrackingKey();
  await shop.install();
  const stop = shop.sim.sendRequests('/', 200);
  isArmed = true;
  shop.setConfigMap('settings', { mode });
  shop.setSecret('token', 't2');
  const limit = shop.sim.env.clock.now() + 300_000;
  const hasEnded = (): boolean => {
    const { status } = shop.app ?? {};
    return (
      status?.run === undefined &&
      shop.app?.status?.decisions?.some(({ reason }) => reason === 'CanaryStarted') === true
    );
  };
  while (!hasEnded()) {
    if (isDead) await shop.restart();
    isDead = false;
    if (shop.sim.env.clock.now() > limit) throw new Error(`no end: ${JSON.stringify(shop.app?.status)}`);
    await shop.sim.env.time.advance(200);
  }
  if (isDead) await shop.restart();
  await shop.sim.env.time.advance(3_000);
  stop();
  const end = {
    answer: await shop.answer(),
    copies: [shop.configMap('settings-primary'), shop.secret('token-primary')],
    configs: shop.configNames(),
    weight: shop.weight,
    phase: shop.app?.status?.phase,
    released: shop.app?.status?.released?.revision,
    failed: shop.app?.status?.failedRevisions?.map(({ revision }) => revision) ?? [],
    errors: shop.sim.failures('/').length,
  };
  await shop.sim.stop();
  return { requests: count, end };
}

describe.each([
  { name: 'a promotion', mode: 'fancy', end: { phase: 'Released', answer: 'v1 fancy t2' } },
  { name: 'a promotion that fails', mode: 'shy', end: { phase: 'Failed', answer: 'v1 plain t1' } },
])('$name of configuration', ({ mode, end }) => {
  it.each(moments)(
    'ends the same when the operator dies at any request, %s',
    async (moment) => {
      const plain = await tell(mode);
      expect(plain.end).toMatchObject(end);
      expect(plain.requests).toBeGreaterThanOrEqual(20);
      for (let request = 1; request <= plain.requests; request += 1) {
        const told = await tell(mode, { request, moment });
        expect(told.end, `killed at request ${request}, ${moment}`).toEqual(plain.end);
      }
    },
    300_000,
  );
});
