import { createHash } from 'node:crypto';

/** One way to compute the id of a revision. */
export interface RevisionFormat {
  /** What ids of this format begin with. */
  readonly digit: string;
  /** @param canonical JSON: the same content is the same hash, whatever its order of keys */
  hash(canonical: unknown): string;
}

const digits = 12;

/**
 * Every format there ever was, the one of new ids first. Whoever changes what is hashed, or how, puts a format of the next
 * digit in front and leaves the others: status and annotations keep ids for years, and each is compared in its own format.
 */
export const formats: readonly [RevisionFormat, ...RevisionFormat[]] = [
  {
    digit: '1',
    hash: (canonical) =>
      createHash('sha256')
        .update(JSON.stringify(sorted(canonical)))
        .digest('hex')
        .slice(0, digits),
  },
];

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
