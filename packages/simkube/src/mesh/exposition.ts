import type { MetricSample } from '../prometheus/metric-sample.ts';

/** The text format 0.0.4 that Prometheus scrapes. */
export const expositionContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Writes samples in the text format, each metric family together with its type. */
export function formatExposition(samples: readonly MetricSample[]): string {
  const families = new Map<string, { readonly type: string; readonly lines: string[] }>();
  for (const sample of samples) {
    const family = sample.type === 'histogram' ? sample.name.replace(/_(?:bucket|sum|count)$/, '') : sample.name;
    const known = families.get(family) ?? { type: sample.type, lines: [] };
    known.lines.push(`${sample.name}${formatLabels(sample.labels)} ${formatValue(sample.value)}`);
    families.set(family, known);
  }
  return [...families].map(([name, { type, lines }]) => `# TYPE ${name} ${type}\n${lines.join('\n')}\n`).join('');
}

function formatLabels(labels: MetricSample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
