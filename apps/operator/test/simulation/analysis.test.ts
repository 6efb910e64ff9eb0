import { afterEach, describe, expect, it } from 'vitest';

import type { AnalysisSpec } from '../../src/api/v1/canaryapp.ts';
import { builtInQuery, requestCountQuery } from '../../src/analysis/metrics/istio-queries.ts';
import { AnalysedPodinfo } from './analysed-podinfo.ts';

let started: AnalysedPodinfo | undefined;

afterEach(async () => {
  await started?.simulation.stop();
  started = undefined;
});

async function podinfo(analysis: Partial<AnalysisSpec>): Promise<AnalysedPodinfo> {
  started = await AnalysedPodinfo.start(analysis);
  return started;
}

const metrics: AnalysisSpec['metrics'] = [
  { name: 'request-success-rate', min: 99, intervalSeconds: 20, minimumRequests: 20 },
  { name: 'request-duration', max: 500, intervalSeconds: 20 },
];
const hook = (name: string, when: AnalysisSpec['webhooks'][number]['when']) => ({
  name,
  when,
  url: AnalysedPodinfo.hook(name),
  timeoutSeconds: 10,
});
const podinfoSubjects = {
  secondary: { namespace: 'default', workload: 'podinfo', service: 'podinfo-canary' },
  primary: { namespace: 'default', workload: 'podinfo-primary', service: 'podinfo-primary' },
};
const webhooks = [hook('gate', 'before'), hook('smoke', 'during'), hook('news', 'after')];

describe('a release judged by Istio’s metrics and by webhooks', () => {
  it('that is good goes through, and each webhook is called when it is its turn', async () => {
    const app = await podinfo({ metrics, webhooks });
    const stop = app.simulation.sendRequests('/hello', 50);
    app.release('v2');
    await app.until(({ releasedImage }) => releasedImage.endsWith(':v2'));
    await app.until(({ phase }) => phase === 'Released');
    stop();
    expect(app.status).toMatchObject({ successfulRelease: true, lastFailedTag: '' });
    expect(new Set(app.told.map(({ revision }) => revision))).toEqual(new Set([app.status.released?.revision]));
    const calls = app.told.map(({ path, phase }) => `${path} ${phase}`);
    expect(calls[0]).toBe('gate Starting');
    expect(calls.at(-1)).toBe('news Promoted');
    expect(calls.filter((call) => call === 'gate Starting')).toHaveLength(1);
    expect(calls.filter((call) => call === 'news Promoted')).toHaveLength(1);
    // One at the end of each of the two intervals, at the least.
    expect(calls.filter((call) => call === 'smoke Shifting').length).toBeGreaterThanOrEqual(2);
  });

  it('that is bad is held by its first failed check, and rolled back by the last; what was measured is said', async () => {
    const app = await podinfo({ metrics, webhooks });
    const stop = app.simulation.sendRequests('/nothello', 50);
    app.release('v3');
    await app.until(({ run }) => run?.failedChecks === 1);
    expect(app.weight).toBe(25);
    await app.until(({ phase }) => phase === 'Failed');
    stop();
    expect(app.weight).toBe(0);
    expect(app.status).toMatchObject({ successfulRelease: false, lastFailedTag: 'go-status-code-server:v3' });
    const notes = app.events
      .filter(({ reason }) => reason === 'CheckFailed')
      .map(({ note }) => note)
      .toSorted();
    expect(notes).toEqual([
      'check failed (1 of 2), go-status-code-server:v3 keeps 25 %: request-success-rate: 0 is below min 99',
      'go-status-code-server:v3 failed: request-success-rate: 0 is below min 99',
    ]);
    expect(app.told.at(-1)).toMatchObject({ path: 'news', phase: 'Failed' });
    expect(JSON.stringify([app.status, app.events])).not.toMatch(/secret text|127\.0\.0\.1/);
  });

  it('is measured alike by its workload and by its Service, apart from primary', async () => {
    const app = await podinfo({ metrics, threshold: 100 });
    const stops = [app.simulation.sendRequests('/hello', 20), app.simulation.sendRequests('/nothello', 80)];
    app.release('v2');
    await app.until(({ run }) => (run?.failedChecks ?? 0) >= 2);
    const { secondary, primary } = podinfoSubjects;
    for (const side of [secondary, primary]) {
      const { workload: _workload, ...service } = side;
      const [byWorkload, byService] = await Promise.all(
        [side, service].map((subject) => app.measure(requestCountQuery(subject, 20))),
      );
      expect(byWorkload).toBeGreaterThan(0);
      expect(byService).toBeCloseTo(byWorkload ?? 0, 6);
      expect(await app.measure(builtInQuery('request-success-rate', service, 20))).toBeCloseTo(80, -1);
    }
    const counts = await Promise.all([secondary, primary].map((side) => app.measure(requestCountQuery(side, 20))));
    // A quarter of the traffic, by the weight.
    expect((counts[0] ?? 0) / ((counts[0] ?? 0) + (counts[1] ?? 0))).toBeCloseTo(0.25, 1);
    for (const stop of stops) stop();
  });

  it('without traffic waits: too few requests are no verdict', async () => {
    const app = await podinfo({ metrics: metrics.slice(0, 1) });
    app.release('v2');
    await app.until(({ trafficShift }) => trafficShift === 25);
    await app.simulation.env.time.advance(300_000);
    expect(app.weight).toBe(25);
    expect(app.status.run?.failedChecks).toBeUndefined();
    expect(app.reason).toBe('TooFewSamples');
    const stop = app.simulation.sendRequests('/hello', 50);
    await app.until(({ releasedImage }) => releasedImage.endsWith(':v2'));
    stop();
  });

  it('waits at weight 0 for a webhook that refuses it, and goes on when it does not any more', async () => {
    const app = await podinfo({ metrics, webhooks, threshold: 10 });
    const stop = app.simulation.sendRequests('/hello', 50);
    app.statuses.set('gate', 403);
    app.release('v2');
    await app.until(({ run }) => run?.failedChecks === 2);
    await app.simulation.env.time.advance(5_000);
    expect([app.weight, app.reason]).toEqual([0, 'CheckFailed']);
    expect(app.told.filter(({ path }) => path === 'gate')).toHaveLength(2);
    app.statuses.delete('gate');
    await app.until(({ releasedImage }) => releasedImage.endsWith(':v2'));
    stop();
  });

  it('fails without any traffic when the webhook refuses it as often as is allowed', async () => {
    const app = await podinfo({ metrics, webhooks });
    app.statuses.set('gate', 403);
    app.release('v2');
    await app.until(({ phase }) => phase === 'Failed');
    expect(app.status.lastTrafficShift).toBeUndefined();
    expect(app.told.map(({ path, phase }) => `${path} ${phase}`)).toEqual([
      'gate Starting',
      'gate Starting',
      'news Failed',
    ]);
  });

  it('ends as it ends when those who are told do not want to know; that is an event', async () => {
    const app = await podinfo({ metrics, webhooks });
    const stop = app.simulation.sendRequests('/hello', 50);
    app.statuses.set('news', 500);
    app.release('v2');
    await app.until(({ releasedImage, phase }) => releasedImage.endsWith(':v2') && phase === 'Released');
    stop();
    expect(app.status.successfulRelease).toBe(true);
    expect(app.events.filter(({ reason }) => reason === 'WebhookFailed')).toEqual([
      { reason: 'WebhookFailed', note: 'webhook news: refused (HTTP 500)' },
    ]);
  });

  it('is told of by the next operator when one dies right after the verdict', async () => {
    const app = await podinfo({ metrics, webhooks });
    app.statuses.set('gate', 403);
    app.release('v2');
    await app.until(({ run }) => run?.stage === 'Ending');
    await app.simulation.stopOperators();
    app.told.length = 0;
    app.simulation.startOperator();
    await app.until(({ phase }) => phase === 'Failed');
    expect(app.told.map(({ path, phase }) => `${path} ${phase}`)).toEqual(['news Failed']);
  });

  it('without anything to judge it by is no good release', async () => {
    const app = await podinfo({});
    app.release('v2');
    await app.until(({ phase }) => phase === 'Failed');
    expect(app.status.failedRevisions?.[0]).toMatchObject({
      reason: 'NoData',
      message: 'analysis: spec.analysis has no metrics to judge the release by',
    });
  });
});
