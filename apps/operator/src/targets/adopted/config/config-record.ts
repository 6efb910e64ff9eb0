import { isJsonObject, type KubernetesObject } from '@canaryop/reconcile/object';

import { areComparable } from '../../../api/v1/config-checksum.ts';
import { configsAnnotation } from './config-names.ts';

/** Checksums of the copies that a template of primary refers to; one for each reference that leads to a copy. */
export type ConfigRecord = Readonly<Record<string, string>>;

/** What was recorded on an object together with its template; undefined when nothing was, or it was garbled. */
export function recordOf(object: KubernetesObject | undefined): ConfigRecord | undefined {
  const text = object?.metadata.annotations?.[configsAnnotation];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && Object.values(value).every((checksum) => typeof checksum === 'string')
      ? (value as ConfigRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The annotation that records it. It is there without any copies too: one that is missing was taken away. */
export function recordAnnotation(record: ConfigRecord): Readonly<Record<string, string>> {
  const entries = Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { [configsAnnotation]: JSON.stringify(Object.fromEntries(entries)) };
}

/** A record in the terms of newer checksums: those under an old key can't be compared with anything that is seen now. */
export function inTermsOf(record: ConfigRecord, newer: ConfigRecord = {}): ConfigRecord {
  const entries = Object.entries(record).map(([key, checksum]) => {
    const other = newer[key];
    return [key, other === undefined || areComparable(checksum, other) ? checksum : other] as const;
  });
  return Object.fromEntries(entries);
}
