import { ConfigMap, Deployment, Secret } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { appKey, ConfigStory, named, type ConfigStoryOptions } from './config-story.ts';

let story: ConfigStory | undefined;
let stopTraffic: (() => void) | undefined;

afterEach(async () => {
  stopTraffic?.();
  await story?.sim.stop();
  [story, stopTraffic] = [undefined, undefined];
});

/** A shop that is released, with steady traffic. */
async function released(options?: ConfigStoryOptions): Promise<ConfigStory> {
  const made = new ConfigStory(options);
  story = made;
  await made.install();
  stopTraffic = made.sim.sendRequests('/', 50);
  return made;
}

const second = 1_000;

describe('configuration of an adopted Deployment', () => {
  it('is copied for primary, whose template refers to the copies', async () => {
    const shop = await released();
    expect(shop.configMap('settings-primary')).toEqual({ mode: 'plain' });
    expect(shop.secret('token-primary')).toBe('t1');
    const { env } = shop.primary?.spec?.template.spec?.containers[0] ?? {};
    expect(env?.map(({ valueFrom }) => (valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef)?.name)).toEqual([
      'settings-primary',
      'token-primary',
      'extra-primary',
    ]);
    expect(await shop.answer()).toBe('v1 plain t1');
    const { trackedConfigs = {}, conditions = [], released: release } = shop.app?.status ?? {};
    expect(release?.template).toMatch(/^1-[0-9a-f]{12}$/);
    expect(trackedConfigs).toMatchObject({ 'configmap/extra': 'absent' });
    expect(trackedConfigs['configmap/settings']).toMatch(/^sha256-[0-9a-f]{32}$/);
    expect(trackedConfigs['secret/token']).toMatch(/^hmac-[0-9a-f]{8}-[0-9a-f]{32}$/);
    expect(conditions.map(({ type }) => type)).toEqual(['Ready']);
    expect(await shop.staysAtRest()).toBe(true);
  });

  it('is a release: a changed ConfigMap is tried, judged and promoted, and primary runs with it', async () => {
    const shop = await released();
    shop.setConfigMap('settings', { mode: 'fancy' });
    await shop.untilWeight(25);
    expect(shop.configMap('settings-primary')).toEqual({ mode: 'plain' });
    await shop.untilRun('Released');
    expect(shop.configMap('settings-primary')).toEqual({ mode: 'fancy' });
    expect(await shop.answer()).toBe('v1 fancy t1');
    expect(shop.sim.failures('/')).toEqual([]);
    expect(shop.app?.status?.decisions?.map(({ reason }) => reason)).toContain('ConfigChanged');
    const told = shop.app?.status?.decisions?.find(({ reason }) => reason === 'ConfigChanged');
    expect(told?.message).toContain('configmap/settings');
    expect(told?.message).not.toMatch(/token|extra/);
    const own = ['ConfigMap settings', 'ConfigMap settings-primary', 'Secret token', 'Secret token-primary'];
    expect(shop.configNames()).toEqual(own);
  });

  it('is a release when a Secret changes, and when something optional appears and goes', async () => {
    const shop = await released();
    shop.setSecret('token', 't2');
    await shop.untilRun('Released');
    expect(await shop.answer()).toBe('v1 plain t2');
    shop.setConfigMap('extra', { text: 'more' });
    await shop.untilRun('Released');
    expect(await shop.answer()).toBe('v1 plain t2 more');
    shop.sim.cluster.server.loopback.delete(ConfigMap, named('extra'));
    await shop.untilRun('Released');
    expect(await shop.answer()).toBe('v1 plain t2');
    expect(shop.configMap('extra-primary')).toBeUndefined();
    expect(shop.configMap('extra-fallback')).toBeUndefined();
  });

  it('is rolled back when it fails, is refused until it changes, and primary never had it', async () => {
    const shop = await released();
    const [pod] = shop.podsOf('shop-primary');
    shop.setConfigMap('settings', { mode: 'broken' });
    await shop.untilRun('Failed');
    expect(shop.configMap('settings-primary')).toEqual({ mode: 'plain' });
    expect(shop.podsOf('shop-primary').map(({ metadata }) => metadata.uid)).toContain(pod?.metadata.uid);
    expect(await shop.answer()).toBe('v1 plain t1');
    expect(await shop.staysAtRest()).toBe(true);
    shop.setConfigMap('settings', { mode: 'plain' });
    await shop.untilPhase('Released');
    await shop.sim.env.time.advance(second);
    expect(shop.configMap('settings-fallback')).toBeUndefined();
    expect(await shop.staysAtRest()).toBe(true);
  });

  it('comes back with the template when a promotion fails', async () => {
    const shop = await released();
    shop.setConfigMap('settings', { mode: 'shy' });
    shop.setSecret('token', 't2');
    await shop.sim.env.time.until(() => shop.configMap('settings-primary')?.['mode'] === 'shy', 120_000);
    expect([shop.configMap('settings-fallback'), shop.secret('token-fallback')]).toEqual([{ mode: 'plain' }, 't1']);
    await shop.untilPhase('Failed');
    expect([shop.configMap('settings-primary'), shop.secret('token-primary')]).toEqual([{ mode: 'plain' }, 't1']);
    expect(await shop.answer()).toBe('v1 plain t1');
    expect(shop.sim.failures('/')).toEqual([]);
  });

  it('goes with the template that refers to it, when primary refers to it no more', async () => {
    const shop = await released();
    shop.setTemplate('v2', [{ name: 'MODE', value: 'builtin' }]);
    await shop.untilRun('Released');
    expect(await shop.answer()).toBe('v2 builtin');
    expect(shop.configNames()).toEqual(['ConfigMap settings', 'Secret token']);
    expect(shop.app?.status?.trackedConfigs).toEqual({});
  });

  it('is judged as it is promoted: a change between verdict and copy is another release', async () => {
    let sneak: (() => void) | undefined;
    const shop = await released({
      wrap: (inner) => ({
        close: () => inner.close(),
        request: (request) => {
          if (request.method === 'GET' && request.url.endsWith('/configmaps/settings')) {
            sneak?.();
            sneak = undefined;
          }
          return inner.request(request);
        },
      }),
    });
    const seen = new Set<string>();
    const { loopback } = shop.sim.cluster.server;
    shop.setConfigMap('settings', { mode: 'fancy' });
    sneak = () => shop.setConfigMap('settings', { mode: 'sneaky' });
    await shop.sim.env.time.until(() => {
      seen.add(loopback.get(ConfigMap, named('settings-primary'))?.data?.['mode'] ?? '');
      return sneak === undefined;
    }, 120_000);
    await shop.sim.env.time.advance(2 * second);
    expect([...seen, shop.configMap('settings-primary')?.['mode']]).toEqual(['plain', 'plain']);
    await shop.untilPhase('Released');
    expect(await shop.answer()).toBe('v1 sneaky t1');
    const reasons = shop.app?.status?.decisions?.map(({ reason }) => reason) ?? [];
    expect(reasons.filter((reason) => reason === 'PromotionStarted')).toHaveLength(2);
    expect(reasons).toContain('CanaryCancelled');
  });

  it('changes in the middle of a run: the run ends, and the newest is tried from the beginning', async () => {
    const shop = await released();
    shop.setConfigMap('settings', { mode: 'fancy' });
    await shop.untilWeight(25);
    shop.setConfigMap('settings', { mode: 'fanciest' });
    await shop.sim.env.time.until(() => shop.weight === 0, 30_000);
    await shop.untilPhase('Released');
    expect(await shop.answer()).toBe('v1 fanciest t1');
    expect(shop.sim.failures('/')).toEqual([]);
  });
});

describe('copies', () => {
  it.each([
    ['changed', (live: ConfigMap) => ({ ...live, data: { mode: 'hacked', more: 'x' } })],
    ['made immutable', (live: ConfigMap) => ({ ...live, data: { mode: 'hacked' }, immutable: true })],
  ])('that are %s by hand are put right, also while the original has something else', async (_, change) => {
    const shop = await released();
    const { loopback } = shop.sim.cluster.server;
    const hack = async (): Promise<void> => {
      const live = loopback.get(ConfigMap, named('settings-primary'));
      if (live !== undefined) loopback.update(ConfigMap, change(live));
      await shop.sim.env.time.advance(5 * second);
    };
    await hack();
    expect(shop.configMap('settings-primary')).toEqual({ mode: 'plain' });
    shop.setConfigMap('settings', { mode: 'broken' });
    await shop.untilRun('Failed');
    await hack();
    expect(shop.configMap('settings-primary')).toEqual({ mode: 'plain' });
  });

  it('that are deleted by hand come back', async () => {
    const shop = await released();
    const { loopback } = shop.sim.cluster.server;
    loopback.delete(ConfigMap, named('settings-primary'));
    loopback.delete(Secret, named('token-primary'));
    await shop.sim.env.time.advance(5 * second);
    expect([shop.configMap('settings-primary'), shop.secret('token-primary')]).toEqual([{ mode: 'plain' }, 't1']);
    expect(await shop.staysAtRest()).toBe(true);
  });

  it('never take the name of somebody else’s object: a condition says so, and goes when the name is free', async () => {
    const made = new ConfigStory();
    story = made;
    made.createConfigMap({ metadata: named('settings-primary'), data: { mine: 'yes' } });
    made.sim.startOperator();
    made.createApp();
    await made.sim.env.time.until(() => made.condition('Ready')?.reason === 'ForeignObject', 60_000);
    expect(made.condition('Ready')?.message).toContain('canary.atze.io/config-tracking: disabled');
    expect([made.configMap('settings-primary'), made.primary]).toEqual([{ mine: 'yes' }, undefined]);
    made.sim.cluster.server.loopback.delete(ConfigMap, named('settings-primary'));
    await made.untilPhase('Released');
    expect(made.configMap('settings-primary')).toEqual({ mode: 'plain' });
  });

  it('can be as large as an object may be, and follow an immutable original that is replaced', async () => {
    const made = new ConfigStory();
    story = made;
    const text = 'x'.repeat(1_000_000);
    made.createConfigMap({ metadata: named('extra'), data: { text, more: 'y' }, immutable: true });
    await made.install();
    expect(made.configMap('extra-primary')?.['text']).toHaveLength(text.length);
    stopTraffic = made.sim.sendRequests('/', 50);
    made.sim.cluster.server.loopback.delete(ConfigMap, named('extra'));
    made.createConfigMap({ metadata: named('extra'), data: { text: 'short' }, immutable: true });
    await made.untilRun('Released');
    expect(made.configMap('extra-primary')).toEqual({ text: 'short' });
  });

  it('go with the CanaryApp, and what is the user’s stays as it was', async () => {
    const shop = await released();
    const { loopback } = shop.sim.cluster.server;
    const originals = () => [loopback.get(ConfigMap, named('settings')), loopback.get(Secret, named('token'))];
    const before = originals();
    loopback.delete(CanaryApp, appKey);
    await shop.sim.env.time.until(() => shop.app === undefined, 120_000);
    await shop.sim.env.time.advance(60 * second);
    expect(shop.configNames()).toEqual(['ConfigMap settings', 'Secret token']);
    expect(originals()).toEqual(before);
    expect(loopback.get(Deployment, appKey)?.spec?.replicas).toBe(2);
  });
});
