const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const notFinite: Readonly<Record<string, number>> = { NaN, Inf: Infinity, '+Inf': Infinity, '-Inf': -Infinity };

/** The number that a text of at most 64 characters is, as Prometheus writes them; undefined when it is none. */
export function numberOf(text: string): number | undefined {
  if (text.length > 64) return undefined;
  if (decimal.test(text)) return Number(text);
  return Object.hasOwn(notFinite, text) ? notFinite[text] : undefined;
}
