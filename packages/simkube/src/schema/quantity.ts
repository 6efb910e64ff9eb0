import type { Json } from './structural-schema.ts';

const syntax = /^(?<sign>[+-]?)(?<digits>\d+\.?\d*|\.\d+)(?<suffix>[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/u;

const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binary: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };

/** Whether a value can be read as a `resource.Quantity`. */
export function isQuantity(value: Json): boolean {
  return typeof value === 'number' || (typeof value === 'string' && syntax.test(value));
}

/** A quantity as a number; accurate to a double, which is enough to compare what people write. */
export function quantityValue(value: Json): number {
  if (typeof value === 'number') return value;
  const parts = typeof value === 'string' ? syntax.exec(value)?.groups : undefined;
  if (parts === undefined) return Number.NaN;
  const { sign, digits, suffix = '' } = parts;
  const amount = Number(digits) * (sign === '-' ? -1 : 1);
  if (Object.hasOwn(binary, suffix)) return amount * 1024 ** (binary[suffix] ?? 0);
  if (Object.hasOwn(decimal, suffix)) return amount * 10 ** (decimal[suffix] ?? 0);
  return suffix === '' ? amount : Number(`${sign}${digits}${suffix}`);
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`; zero when one is no quantity. */
export function compareQuantities(a: Json, b: Json): number {
  const difference = quantityValue(a) - quantityValue(b);
  return Number.isNaN(difference) ? 0 : Math.sign(difference);
}

/** An exact decimal: digits times ten to an exponent. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const decimalSuffixes: ReadonlyMap<number, string> = new Map([
  ...Object.entries(decimal).map(([suffix, exponent]) => [exponent, suffix] as const),
  [0, ''],
]);

/**
 * The one way a quantity is written: no fraction, the largest suffix of its own family that keeps it exact, nothing
 * smaller than nano (rounded up). Binary amounts below 1024 or with a fraction become decimal. Undefined when the
 * value is no quantity.
 */
export function canonicalQuantity(value: Json): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  const parts = typeof text === 'string' ? syntax.exec(text)?.groups : undefined;
  if (parts === undefined) return undefined;
  const amount = decimalOf(parts['digits'] ?? '');
  if (amount.digits === 0n) return '0';
  return `${parts['sign'] === '-' ? '-' : ''}${magnitude(amount, parts['suffix'] ?? '')}`;
}

function decimalOf(digits: string): Decimal {
  const [whole = '', fraction = ''] = digits.split('.');
  return { digits: BigInt(`${whole}${fraction}`), exponent: -fraction.length };
}

function magnitude(amount: Decimal, suffix: string): string {
  if (Object.hasOwn(binary, suffix)) {
    const scaled: Decimal = { ...amount, digits: amount.digits * 1024n ** BigInt(binary[suffix] ?? 0) };
    return binaryText(scaled) ?? decimalText(scaled, '');
  }
  if (/^[eE]./u.test(suffix))
    return decimalText({ ...amount, exponent: amount.exponent + Number(suffix.slice(1)) }, 'e');
  return decimalText({ ...amount, exponent: amount.exponent + (decimal[suffix] ?? 0) }, '');
}

/** Undefined when the amount is better told in decimal. */
function binaryText({ digits, exponent }: Decimal): string | undefined {
  const unit = 10n ** BigInt(-exponent);
  if (digits % unit !== 0n || digits / unit < 1024n) return undefined;
  let amount = digits / unit;
  let name = '';
  for (const suffix of Object.keys(binary)) {
    if (amount % 1024n !== 0n) break;
    amount /= 1024n;
    name = suffix;
  }
  return `${amount}${name}`;
}

function decimalText(amount: Decimal, family: 'e' | ''): string {
  let { digits, exponent } = amount;
  while (digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  const most = family === 'e' ? Number.POSITIVE_INFINITY : 18;
  const shown = Math.max(-9, Math.min(most, Math.floor(exponent / 3) * 3));
  const shift = exponent - shown;
  const whole = shift >= 0 ? digits * 10n ** BigInt(shift) : roundedUp(digits, 10n ** BigInt(-shift));
  if (family === '') return `${whole}${decimalSuffixes.get(shown) ?? ''}`;
  return shown === 0 ? `${whole}` : `${whole}e${shown}`;
}

function roundedUp(amount: bigint, unit: bigint): bigint {
  return (amount + unit - 1n) / unit;
}
