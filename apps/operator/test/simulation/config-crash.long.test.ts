import type { CrashPoint } from '@canaryop/testkit';
import { describe } from 'vitest';

import { ConfigStory } from './config-story.ts';
import { itSurvivesEveryDeath, OneDeath, type Told } from './every-death.ts';

/** A change of a ConfigMap and of a Secret, up to its end; the operator dies once, at the given request. */
async function tell(mode: string, point?: CrashPoint): Promise<Told> {
  const death = new OneDeath(point);
  const shop = new ConfigStory({
    wrap: death.wrap,
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
  death.arm(() => {
    shop.killOperator();
  });
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
    death.replace(() => shop.sim.startOperator());
    if (shop.sim.env.clock.now() > limit) throw new Error(`no end: ${JSON.stringify(shop.app?.status)}`);
    await shop.sim.env.time.advance(200);
  }
  death.replace(() => shop.sim.startOperator());
  await shop.sim.env.time.advance(5_000);
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
  return { requests: death.requests, end };
}

describe.each([
  { name: 'a promotion', mode: 'fancy', end: { phase: 'Released', answer: 'v1 fancy t2' } },
  { name: 'a promotion that fails', mode: 'shy', end: { phase: 'Failed', answer: 'v1 plain t1' } },
])('$name of configuration', ({ mode, end }) => {
  itSurvivesEveryDeath((point) => tell(mode, point), { requests: 20, end });
});
