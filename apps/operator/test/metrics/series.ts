import type { MetricsRegistry } from '@canaryop/reconcile/metrics';

/** What a scrape shows, by `name{labels}`, of the metrics whose name starts with `prefix`. */
export async function seriesOf(
  registry: MetricsRegistry,
  prefix = 'canaryop_canary_',
): Promise<Readonly<Record<string, number>>> {
  const { body } = await registry.render();
  const lines = body.split('\n').filter((line) => line.startsWith(prefix));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

/** The same without histogram buckets. */
export async function totalsOf(registry: MetricsRegistry): Promise<Readonly<Record<string, number>>> {
  const series = await seriesOf(registry);
  return Object.fromEntries(Object.entries(series).filter(([name]) => !name.includes('_bucket{')));
}
