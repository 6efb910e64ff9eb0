import type { Random } from '@canaryop/reconcile/env';

/** Kubernetes' alphabet for generated names: no vowels and no look-alikes, so no words appear (apimachinery util/rand). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** `length` characters for a generated name. */
export function randomSuffix(random: Random, length = 5): string {
  return Array.from({ length }, () => alphabet[Math.floor(random.next() * alphabet.length)]).join('');
}

/** Eight to ten characters that stand for `text`: a 32-bit FNV-1a hash in the same alphabet. */
export function hashName(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return String(hash).replace(/\d/g, (digit) => alphabet[digit.charCodeAt(0) % alphabet.length] ?? digit);
}

/** JSON text with sorted keys: equal for equal values, whatever the order they were written in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
