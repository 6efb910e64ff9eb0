/** A float as Go's strconv.ParseFloat reads it (decimal, `Inf`, `NaN`, any case); undefined for anything else. */
export function parseFloatText(text: string): number | undefined {
  const lower = text.toLowerCase();
  const unsigned = lower.replace(/^[+-]/, '');
  const sign = lower.startsWith('-') ? -1 : 1;
  if (unsigned === 'inf' || unsigned === 'infinity') return sign * Number.POSITIVE_INFINITY;
  if (lower === 'nan') return Number.NaN;
  return /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(unsigned) ? sign * Number(unsigned) : undefined;
}

/** A float in the shortest form that reads back as the same, as Prometheus's HTTP API and text format write it. */
export function formatFloat(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return Object.is(value, -0) ? '-0' : String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}
