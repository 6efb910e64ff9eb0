import { createHash, createHmac } from 'node:crypto';

/** What stands for an object that may be missing, and is: its appearing is a change. */
export const absent = 'absent';

/** The key of the checksums of Secrets, and its name in each of them. */
export interface ChecksumKey {
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

type Data = Readonly<Record<string, string>> | undefined;

const digits = 32;

/** The key with these bytes; its id follows from them, and says nothing about them. */
export function checksumKey(bytes: Uint8Array): ChecksumKey {
  const id = createHmac('sha256', bytes).update('id').digest('hex').slice(0, 8);
  return { id, bytes };
}

/** Checksum of what pods see of a ConfigMap: `sha256-` and 32 digits. The order of its keys makes no difference. */
export function configMapChecksum({ data, binaryData }: { readonly data?: Data; readonly binaryData?: Data }): string {
  const text = JSON.stringify([entriesOf(data), entriesOf(binaryData)]);
  return `sha256-${createHash('sha256').update(text).digest('hex').slice(0, digits)}`;
}

/**
 * Checksum of a Secret: `hmac-`, the id of the key, `-` and 32 digits. Without the key nobody can try out which content
 * it stands for.
 */
export function secretChecksum(
  key: ChecksumKey,
  { type, data }: { readonly type?: string; readonly data?: Data },
): string {
  const text = JSON.stringify([type ?? '', entriesOf(data)]);
  return `hmac-${key.id}-${createHmac('sha256', key.bytes).update(text).digest('hex').slice(0, digits)}`;
}

/** Whether two checksums can tell anything about each other: those of different keys can't. */
export function areComparable(left: string, right: string): boolean {
  const [one, other] = [keyIdOf(left), keyIdOf(right)];
  return one === undefined || other === undefined || one === other;
}

function keyIdOf(checksum: string): string | undefined {
  return /^hmac-([0-9a-f]+)-/.exec(checksum)?.[1];
}

function entriesOf(data: Data): readonly (readonly [string, string])[] {
  return Object.entries(data ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
