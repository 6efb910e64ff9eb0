import type { MetricSample } from '../metric-sample.ts';
import { formatFloat, parseFloatText } from '../promql/functions/float-text.ts';

type MetricType = MetricSample['type'];

/** Longer texts are refused. */
const maxTextLength = 64 * 1024 * 1024;

/** Content type of the text format. */
export const expositionContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** The samples of a text, or what is wrong with it and where. */
export type ExpositionResult =
  | { readonly ok: true; readonly samples: readonly MetricSample[] }
  | { readonly ok: false; readonly error: string };

/** Prometheus's text format 0.0.4. Series of one metric stay together, as the format requires. */
export function formatExposition(samples: readonly MetricSample[]): string {
  const families = new Map<string, { readonly type: MetricType; readonly lines: string[] }>();
  for (const sample of samples) {
    const family = familyName(sample);
    const entry = families.get(family) ?? { type: sample.type, lines: [] };
    families.set(family, entry);
    entry.lines.push(`${sample.name}${formatLabels(sample.labels)} ${formatFloat(sample.value)}`);
  }
  return [...families].map(([name, { type, lines }]) => `# TYPE ${name} ${type}\n${lines.join('\n')}\n`).join('');
}

/** A histogram's three kinds of series are one family. */
function familyName({ name, type }: MetricSample): string {
  return type === 'histogram' ? name.replace(/_(?:bucket|sum|count)$/, '') : name;
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeValue(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

const samplePattern =
  /^([A-Za-z_:][\w:]*)[ \t]*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?[ \t]*([^ \t{]+)(?:[ \t]+-?\d+)?[ \t]*$/;
const labelPattern = /[ \t]*([A-Za-z_]\w*)[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"[ \t]*(?:,|$)/y;
const typePattern = /^#[ \t]+TYPE[ \t]+(\S+)[ \t]+(\S+)[ \t]*$/;

/**
 * Reads the text format. Timestamps are ignored (a scrape has one time); a metric without a type, or with one that
 * `MetricSample` does not have, is a gauge, which changes nothing for PromQL.
 */
export function parseExposition(text: string): ExpositionResult {
  if (text.length > maxTextLength) return { ok: false, error: `longer than ${maxTextLength} characters` };
  const types = new Map<string, MetricType>();
  const samples: MetricSample[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const declared = typePattern.exec(line);
    if (declared !== null) types.set(declared[1] ?? '', metricType(declared[2] ?? ''));
    if (line.trim() === '' || line.startsWith('#')) continue;
    const sample = parseSample(line, types);
    if (sample === undefined) return { ok: false, error: `line ${index + 1}: not a sample: ${line.slice(0, 200)}` };
    samples.push(sample);
  }
  return { ok: true, samples };
}

function metricType(text: string): MetricType {
  return text === 'counter' || text === 'histogram' ? text : 'gauge';
}

function parseSample(line: string, types: ReadonlyMap<string, MetricType>): MetricSample | undefined {
  const match = samplePattern.exec(line);
  const [, name = '', labelText = '', valueText = ''] = match ?? [];
  const labels = parseLabels(labelText);
  const value = parseFloatText(valueText);
  if (match === null || labels === undefined || value === undefined) return undefined;
  const histogram = types.get(familyName({ name, type: 'histogram', labels, value }));
  const type = types.get(name) ?? (histogram === 'histogram' ? histogram : 'gauge');
  return { name, type, labels, value };
}

function parseLabels(text: string): Record<string, string> | undefined {
  const pairs: [string, string][] = [];
  let position = 0;
  while (position < text.length && text.slice(position).trim() !== '') {
    labelPattern.lastIndex = position;
    const match = labelPattern.exec(text);
    if (match === null) return undefined;
    pairs.push([match[1] ?? '', unescapeValue(match[2] ?? '')]);
    position = labelPattern.lastIndex;
  }
  return Object.fromEntries(pairs);
}

function unescapeValue(text: string): string {
  return text.replace(/\\(.)/g, (whole: string, character: string) => {
    if (character === 'n') return '\n';
    return character === '\\' || character === '"' ? character : whole;
  });
}
