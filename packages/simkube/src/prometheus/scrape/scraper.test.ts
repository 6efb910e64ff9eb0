import { virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import { showInstant } from '../../../test/prometheus/load-series.ts';
import { EmbeddedPrometheus } from '../embedded-prometheus.ts';
import { handlerTransport } from '../http/handler-transport.ts';
import { textResponse } from '../http/http-handler.ts';
import type { MetricSample } from '../metric-sample.ts';
import { expositionHandler } from './exposition-handler.ts';
import { httpTarget } from './http-target.ts';

function gauge(name: string, value: number, labels: Record<string, string> = {}): MetricSample {
  return { name, type: 'gauge', labels, value };
}

interface World {
  readonly env: VirtualEnv;
  readonly prometheus: EmbeddedPrometheus;
  /** What the query gives now. */
  readonly ask: (query: string) => readonly string[];
}

function world(): World {
  const env = virtualEnv();
  const prometheus = new EmbeddedPrometheus(env);
  return { env, prometheus, ask: (query) => showInstant(prometheus.engine, query, env.clock.now() / 1000) };
}

const identity = { job: 'mesh', instance: 'pod:1' };

describe('the scraper', () => {
  it('scrapes each second from the start until it is stopped', async () => {
    const { env, prometheus, ask } = world();
    let scrapes = 0;
    prometheus.scraper.add({ ...identity, collect: () => [gauge('n', (scrapes += 1))] });
    prometheus.scraper.start();
    prometheus.scraper.start();
    await env.time.advance(3000);
    expect(ask('n[1m]')).toEqual([
      expect.stringMatching(/^n\{instance="pod:1", job="mesh"\} 1@\d+ 2@\d+ 3@\d+ 4@\d+$/),
    ]);
    expect(ask('up')).toEqual(['up{instance="pod:1", job="mesh"} 1']);
    expect(ask('scrape_samples_scraped')).toEqual(['scrape_samples_scraped{instance="pod:1", job="mesh"} 1']);
    prometheus.scraper.stop();
    await env.time.advance(5000);
    expect(scrapes).toBe(4);
    expect(env.time.pending).toBe(0);
  });

  it('ends a series that a target no longer has, at once', async () => {
    const { env, prometheus, ask } = world();
    let pods = ['a', 'b'];
    prometheus.scraper.add({ ...identity, collect: () => pods.map((pod) => gauge('ready', 1, { pod })) });
    prometheus.scraper.start();
    await env.time.advance(1000);
    expect(ask('count(ready)')).toEqual(['{} 2']);
    pods = ['b'];
    await env.time.advance(1000);
    expect(ask('ready')).toEqual(['ready{instance="pod:1", job="mesh", pod="b"} 1']);
    pods = ['a', 'b'];
    await env.time.advance(1000);
    expect(ask('count(ready)')).toEqual(['{} 2']);
  });

  it('knows a frozen labels object again, and reads one that may have changed anew', async () => {
    const { env, prometheus, ask } = world();
    const frozen = Object.freeze({ kind: 'frozen' });
    const changing = { kind: 'first' };
    prometheus.scraper.add({
      ...identity,
      collect: () => [gauge('a', 1, frozen), gauge('b', 2, frozen), gauge('c', 3, changing)],
    });
    prometheus.scraper.start();
    await env.time.advance(1000);
    changing.kind = 'second';
    await env.time.advance(1000);
    expect(ask('sum by (__name__, kind) ({kind!=""})')).toEqual([
      'a{kind="frozen"} 1',
      'b{kind="frozen"} 2',
      'c{kind="second"} 3',
    ]);
    expect(ask('count_over_time(a[1m])')).toEqual(['{instance="pod:1", job="mesh", kind="frozen"} 3']);
  });

  it.each<[string, () => never | Promise<never>]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['does not answer in time', () => new Promise<never>(() => undefined)],
  ])('marks a target that %s as down, and ends its series', async (_case, fail) => {
    const { env, prometheus, ask } = world();
    let isDown = false;
    prometheus.scraper.add({ ...identity, collect: () => (isDown ? fail() : [gauge('n', 1)]) });
    prometheus.scraper.start();
    await env.time.advance(1500);
    isDown = true;
    await env.time.advance(2000);
    expect(ask('up')).toEqual(['up{instance="pod:1", job="mesh"} 0']);
    expect(ask('n')).toEqual([]);
    isDown = false;
    await env.time.advance(2000);
    expect(ask('n + up')).toEqual(['{instance="pod:1", job="mesh"} 2']);
  });

  it('ends all series of a removed target, even in the millisecond of its last scrape', async () => {
    const { env, prometheus, ask } = world();
    prometheus.scraper.add({ ...identity, collect: () => [gauge('n', 1)] });
    await prometheus.scraper.scrapeOnce();
    prometheus.scraper.remove(identity.job, identity.instance);
    await env.time.advance(1);
    expect(ask('{job="mesh"}')).toEqual([]);
  });

  it('ignores the answer of a target that was removed while it was asked', async () => {
    const { env, prometheus, ask } = world();
    let answer = (_samples: readonly MetricSample[]): void => undefined;
    const collect = (): Promise<readonly MetricSample[]> =>
      new Promise((resolve) => {
        answer = resolve;
      });
    prometheus.scraper.add({ ...identity, collect });
    prometheus.scraper.start();
    prometheus.scraper.remove(identity.job, identity.instance);
    answer([gauge('n', 1)]);
    await env.time.advance(100);
    expect(ask('{job="mesh"}')).toEqual([]);
    prometheus.scraper.stop();
    expect(env.time.pending).toBe(0);
  });

  it("keeps a target's own job and instance as exported_job and exported_instance", async () => {
    const { prometheus, ask } = world();
    prometheus.scraper.add({ ...identity, collect: () => [gauge('n', 1, { job: 'own', instance: 'x' })] });
    await prometheus.scraper.scrapeOnce();
    expect(ask('n')).toEqual(['n{exported_instance="x", exported_job="own", instance="pod:1", job="mesh"} 1']);
  });

  it('says that a target is down when the store has no room for its series', async () => {
    const env = virtualEnv();
    const prometheus = new EmbeddedPrometheus(env, { store: { maxSeries: 4 } });
    let count = 1;
    prometheus.scraper.add({
      ...identity,
      collect: () => Array.from({ length: count }, (_entry, index) => gauge('n', 1, { index: `${index}` })),
    });
    prometheus.scraper.start();
    await env.time.advance(1000);
    expect(showInstant(prometheus.engine, 'sum(up)', env.clock.now() / 1000)).toEqual(['{} 1']);
    count = 2;
    await env.time.advance(1000);
    expect(showInstant(prometheus.engine, 'sum(up)', env.clock.now() / 1000)).toEqual(['{} 0']);
  });
});

describe('a target that serves text', () => {
  const scrape = async (transport: Parameters<typeof httpTarget>[0]['transport']): Promise<World> => {
    const found = world();
    found.prometheus.scraper.add(httpTarget({ job: 'web', url: 'http://pod:8080/metrics', transport }));
    await found.prometheus.scraper.scrapeOnce();
    return found;
  };

  it('is scraped over its transport', async () => {
    const { ask } = await scrape(handlerTransport(expositionHandler(() => [gauge('n', 3)])));
    expect(ask('n')).toEqual(['n{instance="pod:8080", job="web"} 3']);
  });

  it.each([
    ['is not found', textResponse(404, 'n 1\n')],
    ['serves HTML', textResponse(200, '<html>')],
  ])('is down when it %s', async (_case, response) => {
    const { ask } = await scrape(handlerTransport(() => response));
    expect(ask('up')).toEqual(['up{instance="pod:8080", job="web"} 0']);
    expect(ask('n')).toEqual([]);
  });
});
