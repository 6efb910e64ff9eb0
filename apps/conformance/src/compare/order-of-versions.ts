import type { Json } from '../sequence/operation.ts';

/**
 * resourceVersions by what they mean: whether an object is as it was seen last, or newer than everything that was
 * seen, or in between. The numbers themselves are a server's own.
 */
export class OrderOfVersions {
  readonly #last = new Map<string, bigint>();
  #newest = 0n;

  /** @param uid of the object; absent for a list, which must not be older than what was shown before it. */
  describe(text: string, uid: Json | undefined): string {
    if (!/^\d+$/u.test(text)) return text === '' ? '' : 'not a number';
    const version = BigInt(text);
    if (typeof uid !== 'string') return version >= this.#newest ? 'up to date' : 'of the past';
    const last = this.#last.get(uid);
    this.#last.set(uid, version);
    const word = relation(version, last, this.#newest);
    if (version > this.#newest) this.#newest = version;
    return word;
  }
}

function relation(version: bigint, last: bigint | undefined, newest: bigint): string {
  if (version === last) return 'as before';
  if (version > newest) return 'newest';
  if (last === undefined) return 'first seen';
  return version > last ? 'newer' : 'older';
}
