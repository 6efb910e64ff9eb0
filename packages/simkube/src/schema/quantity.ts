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
