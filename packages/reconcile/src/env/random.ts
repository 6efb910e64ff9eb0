/** Source of randomness: jitter, identities, names. Seeded in tests. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}

/** A version 4 UUID drawn from `random`. Unique enough to tell replicas apart; not a secret. */
export function uuid(random: Random): string {
  const digits = (count: number): string =>
    Math.floor(random.next() * 16 ** count)
      .toString(16)
      .padStart(count, '0');
  const variant = '89ab'[Math.floor(random.next() * 4)] ?? '8';
  return `${digits(8)}-${digits(4)}-4${digits(3)}-${variant}${digits(3)}-${digits(12)}`;
}
