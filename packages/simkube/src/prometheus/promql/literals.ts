const unitsMs: Readonly<Record<string, number>> = {
  y: 365 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};
const durationPattern = /^(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/;

/** Milliseconds of a Prometheus duration such as `1h30m`: units from large to small, each at most once, no fraction. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (text === '' || !durationPattern.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[ywdhms])/g)) {
    totalMs += Number(amount) * (unitsMs[unit ?? ''] ?? 0);
  }
  return totalMs;
}

/** A PromQL number: decimal, scientific, hexadecimal, `Inf` or `NaN`, in any case. Durations are not numbers (Prometheus 2). */
export function parseNumber(text: string): number | undefined {
  const lower = text.toLowerCase();
  if (lower === 'inf') return Number.POSITIVE_INFINITY;
  if (lower === 'nan') return Number.NaN;
  if (/^0x[0-9a-f]+$/.test(lower)) return Number.parseInt(lower, 16);
  // A leading zero makes an octal number, as in Go.
  if (/^0[0-7]+$/.test(lower)) return Number.parseInt(lower, 8);
  return /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/.test(lower) ? Number(lower) : undefined;
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const escapePattern = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|)/g;

/** The text of a string literal with Go's escapes; undefined when it is not closed or an escape is unknown. */
export function parseString(literal: string): string | undefined {
  const quote = literal[0];
  const inner = literal.slice(1, -1);
  if (literal.length < 2 || literal.at(-1) !== quote) return undefined;
  if (quote === '`') return inner;
  // `"a\"` ends in an escaped quote and so is not closed.
  if (inner.includes('\n') || (/\\*$/.exec(inner)?.[0].length ?? 0) % 2 === 1) return undefined;
  let isValid = true;
  const text = inner.replace(escapePattern, (whole: string, simple?: string, ...codes: (string | undefined)[]) => {
    if (simple !== undefined) return simpleEscapes[simple] ?? simple;
    const [hex, short, long, octal] = codes;
    const digits = hex ?? short ?? long;
    const code = octal === undefined ? Number.parseInt(digits ?? '', 16) : Number.parseInt(octal, 8);
    const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    isValid &&= isCharacter;
    return isCharacter ? String.fromCodePoint(code) : whole;
  });
  return isValid ? text : undefined;
}
