import { absent, areComparable } from '../../../api/v1/config-checksum.ts';
import type { SeenConfigs } from './seen-configs.ts';

type Checksums = Readonly<Record<string, string>>;

/** A revision that is remembered, next to what is seen now. */
export interface KnownRevision {
  readonly id: string;
  /** Whether its template is the one that is there now. */
  readonly hasTemplate: boolean;
  readonly configs: Checksums;
  /** Checksums of the copies that it runs with, where it has any. */
  readonly copies?: Checksums;
}

/**
 * Which revision a template and the configs that are seen now make up. Only what is known to differ makes another one:
 * not what can't be told at the moment, not a checksum under another key, and not what was not tracked before. Those are
 * taken over into the revision's checksums, so that their next change is seen.
 * @param known the likeliest first
 * @param make the id of a revision that nobody knows yet
 */
export function identify(
  seen: SeenConfigs,
  known: readonly KnownRevision[],
  make: (configs: Checksums) => string,
): { readonly id: string; readonly configs: Checksums } {
  for (const revision of known) {
    const configs = revision.hasTemplate ? rebased(revision, seen) : undefined;
    if (configs !== undefined && agrees(configs, seen)) return { id: revision.id, configs };
  }
  const configs = { ...remembered(seen, known), ...seen.values };
  return { id: make(configs), configs };
}

/** The checksums of a known revision as they would be told now. */
function rebased({ configs, copies = {} }: KnownRevision, seen: SeenConfigs): Checksums {
  const now = { ...seen.values };
  for (const key of Object.keys(configs)) {
    const [before = '', current] = [configs[key], now[key]];
    const copy = copies[key];
    if (current === undefined && isUntold(key, seen)) now[key] = before;
    else if (current === undefined) continue;
    else if (areComparable(before, current)) now[key] = before;
    // Under a new key only the copy still tells what was released.
    else if (copy !== undefined && areComparable(copy, current)) now[key] = copy;
  }
  return now;
}

function isUntold(key: string, { missing, unreadable }: SeenConfigs): boolean {
  return missing.includes(key) || unreadable.includes(key);
}

function agrees(configs: Checksums, { values }: SeenConfigs): boolean {
  return Object.entries(values).every(([key, value]) => configs[key] === value);
}

/** What was known last of what can't be told now. What is missing and was never known is known to be missing. */
function remembered(seen: SeenConfigs, known: readonly KnownRevision[]): Checksums {
  const lastOf = (key: string): string | undefined =>
    known.map(({ configs }) => configs[key]).find((value) => value !== undefined);
  const entries = [
    ...seen.missing.map((key) => [key, lastOf(key) ?? absent] as const),
    ...seen.unreadable.map((key) => [key, lastOf(key)] as const),
  ];
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}
