const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const whole = /^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/;
const part = /(?<count>\d+(?:\.\d+)?)(?<unit>h|ms|m|s)/g;
const longestText = 32;

/** Milliseconds of a duration as Go writes it: `15m`, `1h30m`, `1.5h`. Undefined for any other text; `0` has no unit. */
export function parseGoDuration(text: string): number | undefined {
  if (text.length > longestText || !whole.test(text)) return undefined;
  return [...text.matchAll(part)].reduce((sum, { groups }) => {
    const { count = '', unit = '' } = groups ?? {};
    return sum + Number(count) * (unitMs[unit] ?? 0);
  }, 0);
}
