import { sleep, type Timers, type Transport } from '@canaryop/reconcile/env';
import { metricsRegistry, type MetricsRegistry } from '@canaryop/reconcile/metrics';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { Simulation } from './simulated-cluster.ts';

/** What a simulation of a few seconds has room for; `pnpm bench rollouts` does 500 in real time. */
const count = 100;
/** More than a provider is asked at a time. */
const slowCount = 70;
const slowMs = 4_000;

const prometheus = 'http://prometheus.istio-system.svc:9090';
const slowPrometheus = `${prometheus}/slow`;

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** Finds nothing wrong, below /slow after a while. */
function providers(timers: () => Timers): Transport {
  const body = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } });
  return {
    close: () => Promise.resolve(),
    async request({ url }) {
      if (url.startsWith(slowPrometheus)) await sleep(timers(), slowMs);
      return { status: 200, headers: {}, body: oneChunk(body) };
    },
  };
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

/** A registry that keeps how long keys waited for a worker, and how long workers had them, in milliseconds. */
function keptTimes(): { readonly registry: MetricsRegistry; readonly queued: number[]; readonly worked: number[] } {
  const inner = metricsRegistry();
  const queued: number[] = [];
  const worked: number[] = [];
  const kept = new Map([
    ['workqueue_queue_duration_seconds', queued],
    ['controller_runtime_reconcile_time_seconds', worked],
  ]);
  const registry: MetricsRegistry = {
    ...inner,
    histogram: (definition, collect) => {
      const histogram = inner.histogram(definition, collect);
      return {
        ...histogram,
        observe: (labels, seconds) => {
          kept.get(definition.name)?.push(seconds * 1000);
          histogram.observe(labels, seconds);
        },
      };
    },
  };
  return { registry, queued, worked };
}

function longest(times: readonly number[]): number {
  return times.reduce((most, ms) => Math.max(most, ms), 0);
}

/** When each application was released with this image, from now, in milliseconds. */
async function untilReleased({ cluster, env }: Simulation, image: string): Promise<ReadonlyMap<string, number>> {
  const startMs = env.clock.now();
  const endedMs = new Map<string, number>();
  const unwatch = cluster.server.loopback.watch(CanaryApp, ({ object: { metadata, status } }) => {
    if (status?.phase === 'Released' && status.releasedImage === image && !endedMs.has(metadata.name))
      endedMs.set(metadata.name, env.clock.now() - startMs);
  });
  await env.time.until(() => endedMs.size === count);
  unwatch();
  return endedMs;
}

describe(`${count} releases at once`, () => {
  it(
    'all end as one does, and a slow provider delays nobody but those who chose it',
    { timeout: 120_000 },
    async () => {
      const { registry, queued, worked } = keptTimes();
      const sim: Simulation = new Simulation({ provider: providers(() => sim.env.timers), operator: { registry } });
      simulation = sim;
      // Nobody asks it here, and it would look at every workload each second.
      sim.prometheus.scraper.stop();
      const { loopback } = sim.cluster.server;
      sim.startOperator();
      const isSlow = (name: string): boolean => Number(name.slice('app-'.length)) < slowCount;
      for (let index = 0; index < count; index += 1) {
        const name = `app-${index}`;
        const prometheusURL = isSlow(name) ? slowPrometheus : prometheus;
        sim.createApp({ ...quick, prometheusURL, service: { hosts: [`${name}.example.com`] } }, name);
      }
      await untilReleased(sim, 'go-status-code-server:v1');
      for (const app of loopback.list(CanaryApp)) {
        loopback.update(CanaryApp, { ...app, spec: { ...app.spec, image: 'go-status-code-server:v2' } });
      }
      const endedMs = await untilReleased(sim, 'go-status-code-server:v2');
      const took = (slow: boolean): readonly number[] =>
        [...endedMs].filter(([name]) => isSlow(name) === slow).map(([, ms]) => ms);
      const [fast, slow] = [took(false), took(true)];
      expect([fast.length, slow.length]).toEqual([count - slowCount, slowCount]);
      expect(Math.max(...fast)).toBeLessThan(31_000);
      expect(Math.max(...slow)).toBeGreaterThan(31_000);
      expect(longest(queued)).toBeLessThan(100);
      expect(longest(worked)).toBeLessThan(1_000);
    },
  );
});

/** Two steps, and short times: what takes long here is many applications, not their intervals. */
const quick = {
  replicas: 1,
  trafficShiftUpdateInterval: 10,
  checkIntervalSeconds: 10,
  deploymentReadyWaitTime: 1,
  drainSeconds: 1,
  strategy: { stepWeight: 25, maxWeight: 50 },
} as const;
