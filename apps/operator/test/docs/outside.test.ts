import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { metricsRegistry } from '@canaryop/reconcile/metrics';
import { fakeInformer, virtualEnv } from '@canaryop/reconcile/testing';
import { EmbeddedPrometheus } from '@canaryop/simkube/prometheus';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { declareCanaryMetrics } from '../../src/controllers/canaryapp/metrics.ts';

const root = join(import.meta.dirname, '../../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const observing = read('docs/observing.md');

describe('docs/observing.md', () => {
  it('has a row for each metric of canaries, and no other', async () => {
    const registry = metricsRegistry();
    declareCanaryMetrics(registry, { apps: fakeInformer(CanaryApp), isLeader: () => true });
    const { body } = await registry.render();
    const declared = [...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    const rows = [...observing.matchAll(/^\| `(canaryop_\w+)` \|/gm)].map(([, name]) => name);
    expect(declared.length).toBeGreaterThan(3);
    expect(rows.toSorted()).toEqual(declared.toSorted());
  });

  it('has alerts that Prometheus can read', () => {
    const [, block = ''] = /```promql\n([\s\S]*?)```/.exec(observing) ?? [];
    const queries = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const { engine } = new EmbeddedPrometheus(virtualEnv({ seed: 1 }));
    expect(queries).toHaveLength(4);
    for (const query of queries) expect(engine.instant(query, 0), query).toMatchObject({ ok: true });
  });
});

describe('docs/install.md', () => {
  it('has every value of the chart in its table', () => {
    const values = Object.keys(parse(read('charts/canaryop/values.yaml')) as object);
    const rows = read('docs/install.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named.toSorted()).toEqual(values.toSorted());
  });
});
