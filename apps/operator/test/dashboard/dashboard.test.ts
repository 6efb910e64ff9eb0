import type { Transport } from '@canaryop/reconcile/env';
import { metricsRegistry, type MetricsRegistry } from '@canaryop/reconcile/metrics';
import { httpTarget } from '@canaryop/simkube/prometheus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { leaseName } from '../../src/lease-name.ts';
import { operatorNamespace, Simulation } from '../simulation/simulated-cluster.ts';
import { queriesOf, readDashboard, substituted } from './dashboard-file.ts';

const dashboard = readDashboard();

describe('the dashboard', () => {
  it('has what Grafana needs to load it', () => {
    expect(dashboard).toMatchObject({ uid: 'canaryop', title: 'CanaryOp', time: { from: 'now-30m', to: 'now' } });
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(dashboard).not.toHaveProperty('id');
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has a row for each question, and its panels side by side', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(rows).toEqual(['Releases', 'Weights and durations', 'Requests, as Istio counts them', 'Operator']);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  it('asks the data source that its reader chose, in every panel', () => {
    const chosen = { type: 'prometheus', uid: '${datasource}' };
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
    for (const panel of dashboard.panels.filter(({ type }) => type !== 'row')) {
      expect(panel.datasource, panel.title).toEqual(chosen);
      expect(panel.targets?.length, panel.title).toBeGreaterThan(0);
      for (const target of panel.targets ?? []) expect(target.datasource, panel.title).toEqual(chosen);
      const refs = panel.targets?.map(({ refId }) => refId) ?? [];
      expect(new Set(refs).size).toBe(refs.length);
    }
  });
});

/** What an operator serves, without a socket. */
function metricsOf(registry: MetricsRegistry): Transport {
  return {
    request: async () => {
      const { contentType, body } = await registry.render();
      return { status: 200, headers: { 'content-type': contentType }, body: chunks(body) };
    },
    close: () => Promise.resolve(),
  };
}

async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** A release that was promoted, and one in its middle, under traffic, as one Prometheus saw them. */
describe('its queries, on a cluster in the middle of a release', () => {
  const values = {
    namespace: 'default',
    name: 'demo',
    primary: 'demo-primary',
    secondary: 'demo-secondary',
    reporter: 'source',
    job: 'operator',
    __rate_interval: '1m',
    __range: '30m',
  };
  let sim: Simulation;

  beforeAll(async () => {
    sim = new Simulation();
    const registry = metricsRegistry();
    sim.startOperator({ registry, leaderElection: { lease: { namespace: operatorNamespace, name: leaseName } } });
    sim.createApp();
    await sim.untilPhase('Released');
    sim.sendRequests('/hello', 200);
    sim.edit({ image: 'go-status-code-server:v2' });
    await sim.env.time.until(() => sim.app.status?.trafficShift === 50, 600_000);
    // Scrapes are what this takes its time for, and from here on they see all that is asked for.
    const url = 'http://operator:8080/metrics';
    sim.prometheus.scraper.add(httpTarget({ job: 'operator', url, transport: metricsOf(registry) }));
    await sim.untilPhase('Released');
    sim.edit({ image: 'go-status-code-server:v1' });
    await sim.env.time.until(() => sim.app.status?.trafficShift === 20, 300_000);
    await sim.env.time.advance(20_000);
  }, 60_000);

  afterAll(async () => {
    await sim.stop();
  });

  function answer(expr: string): readonly { readonly labels: string; readonly value: number }[] {
    const result = sim.prometheus.engine.instant(substituted(expr, values), sim.env.clock.now());
    if (!result.ok) throw new Error(`${expr}: ${result.error}`);
    if (result.data.resultType !== 'vector') throw new Error(`${expr} is no vector`);
    return result.data.samples.map(({ labels, value }) => ({ labels: JSON.stringify(labels), value }));
  }

  const valueOf = (title: string, index = 0): number | undefined => {
    const query = queriesOf(dashboard).filter(([panel]) => panel === title)[index];
    return query && answer(query[1])[0]?.value;
  };

  it.each(queriesOf(dashboard))('%s: %s', (_title, expr) => {
    const samples = answer(expr);
    expect(samples.length).toBeGreaterThan(0);
    expect(samples.every(({ value }) => Number.isFinite(value))).toBe(true);
  });

  it('say what is going on', () => {
    expect(valueOf('CanaryApps')).toBe(1);
    expect([valueOf('Running'), valueOf('Failed')]).toEqual([1, 0]);
    expect(valueOf('Status')).toBe(0);
    expect([valueOf('Traffic weight'), valueOf('Traffic weight', 1)]).toEqual([80, 20]);
    expect(valueOf('Mean duration')).toBeGreaterThan(60);
    expect(valueOf('Mean duration')).toBeLessThan(600);
    const total = Number(valueOf('Requests')) + Number(valueOf('Requests', 1));
    expect(total).toBeGreaterThan(4);
    expect(total).toBeLessThan(6);
    // A quotient of extrapolated rates: equal ones may differ in the last digit.
    const all = expect.closeTo(100, 9) as number;
    expect([valueOf('Success rate'), valueOf('Success rate', 1)]).toEqual([all, all]);
    expect(valueOf('Leader')).toBe(1);
  });

  it('have what their variables ask for', () => {
    const asked = dashboard.templating.list.filter(({ type }) => type === 'query');
    expect(asked.map(({ name }) => name)).toEqual(['namespace', 'name', 'primary', 'secondary', 'job']);
    for (const { name, definition = '' } of asked) {
      const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
      const result = sim.prometheus.engine.instant(substituted(selector, values), sim.env.clock.now());
      if (!result.ok || result.data.resultType !== 'vector') throw new Error(`${definition} has no answer`);
      const found = new Set(result.data.samples.map(({ labels }) => labels.get(label)));
      expect([...found], definition).toEqual([values[name as keyof typeof values]]);
    }
  });
});
