/** Source of randomness: jitter, identities, names. Seeded in tests. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}

/** A version 4 UUID drawn from `random`. Unique enough to tell replicas apart; not a secret. */
export function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random.next() * 16).toString(16));
  hex[12] = '4';
  hex[16] = '89ab'[Math.floor(random.next() * 4)] ?? '8';
  const text = hex.join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}
