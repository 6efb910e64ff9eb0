import type { ResourceKind } from '@canaryop/reconcile/object';

import { absent, areComparable } from '../../../api/v1/config-checksum.ts';
import type { CanaryApp } from '../../../api/v1/canaryapp.ts';
import { ownedMetadata } from '../../../api/v1/owned-metadata.ts';
import { isOwnedBy } from '../../../rollout/diff.ts';
import type { LiveObjects } from '../../../rollout/live-objects.ts';
import { childOf, type Child } from '../../../rollout/write.ts';
import { copyName, fallbackName } from './config-names.ts';
import { digestKind, digestKinds, type ConfigDigest } from './config-digest.ts';
import type { ConfigRecord } from './config-record.ts';
import { refOfKey } from './references.ts';

/** What has to happen to copies, around a change of primary. */
export interface ConfigCopies {
  /** Before primary's template may refer to them. */
  readonly before: readonly Child[];
  /** When nothing of primary refers to them any more. */
  readonly after: readonly Child[];
  /** Copies whose content is nowhere to be had. */
  readonly lost: readonly string[];
}

/** Where copies are made. */
export interface CopyContext {
  readonly app: CanaryApp;
  readonly live: LiveObjects;
}

/**
 * The copies that primary refers to, with exactly the content of its record; whatever was done to them by hand is put
 * right. What primary may have to go back to is always in two places: in the copy, and in the original, or else in an
 * object of its own, which is made as soon as the original has something else.
 * @param records.primary of the revision that primary should have
 * @param records.fallback of the revision that it may have to go back to; that of primary when there is no other
 */
export function configCopies(
  context: CopyContext,
  records: { readonly primary: ConfigRecord; readonly fallback: ConfigRecord },
): ConfigCopies {
  const primary = readableEntries(context, records.primary);
  const fallback = readableEntries(context, records.fallback);
  const copies = primary.map(([key, checksum]) => copyOf(context, key, checksum));
  const kept = fallback.flatMap(([key, checksum]) => fallbackOf(context, key, checksum));
  const names = [...primary, ...fallback].map(([key]) => `${digestKind(key).kind}/${copyName(refOfKey(key).name)}`);
  const keptNames = kept.map(({ kind, name }) => `${kind.kind}/${name}`);
  return {
    before: [...kept.flatMap(({ child }) => child ?? []), ...copies.flatMap(({ child }) => child ?? [])],
    after: leftovers(context, new Set([...names, ...keptNames])),
    lost: copies.flatMap(({ lost }) => lost ?? []),
  };
}

/** Digests of the copies that a record is about, by key. */
export function copyChecksums(live: LiveObjects, record: ConfigRecord): ConfigRecord {
  const entries = Object.keys(record).map((key) => [key, digestOf(live, key, copyName)?.checksum ?? ''] as const);
  return Object.fromEntries(entries.filter(([, checksum]) => checksum !== ''));
}

function readableEntries({ live }: CopyContext, record: ConfigRecord): readonly (readonly [string, string])[] {
  return Object.entries(record).filter(([key]) => live.canRead?.(digestKind(key)) !== false);
}

function digestOf(live: LiveObjects, key: string, nameOf: (original: string) => string): ConfigDigest | undefined {
  return live.get(digestKind(key), nameOf(refOfKey(key).name));
}

const asItIs = (name: string): string => name;

interface Copy {
  readonly child?: Child;
  readonly lost?: string;
}

function copyOf(context: CopyContext, key: string, checksum: string): Copy {
  const { app, live } = context;
  const copy = digestOf(live, key, copyName);
  const kind = digestKind(key);
  const name = copyName(refOfKey(key).name);
  if (checksum === absent) return copy === undefined ? {} : { child: childOf(live, kind, name) };
  if (copy !== undefined && !isOwnedBy(copy, app.metadata.uid ?? '')) return { lost: key };
  if (hasContent(copy, checksum)) return {};
  const source = sourceOf(live, key, checksum, [asItIs, fallbackName]);
  return source === undefined ? { lost: key } : { child: copyChild(context, key, name, source) };
}

/** Whether an object has this content, as far as can be told. */
function hasContent(digest: ConfigDigest | undefined, checksum: string): boolean {
  if (digest === undefined) return false;
  return digest.checksum === checksum || !areComparable(digest.checksum ?? '', checksum);
}

function sourceOf(
  live: LiveObjects,
  key: string,
  checksum: string,
  places: readonly ((original: string) => string)[],
): Child['source'] {
  const { name } = refOfKey(key);
  const place = places.find((nameOf) => digestOf(live, key, nameOf)?.checksum === checksum);
  return place && { name: place(name), checksum };
}

function copyChild({ app, live }: CopyContext, key: string, name: string, source: NonNullable<Child['source']>): Child {
  const kind = digestKind(key);
  const desired = { apiVersion: 'v1', kind: kind.kind, metadata: ownedMetadata(app, name) };
  return { ...childOf(live, kind, name, desired), source };
}

interface Kept {
  readonly kind: ResourceKind;
  readonly name: string;
  readonly child?: Child;
}

/** The object that keeps released content: wanted while the original does not have it. */
function fallbackOf(context: CopyContext, key: string, checksum: string): readonly Kept[] {
  const { live } = context;
  if (checksum === absent || hasContent(digestOf(live, key, asItIs), checksum)) return [];
  const kind = digestKind(key);
  const name = fallbackName(refOfKey(key).name);
  if (hasContent(digestOf(live, key, fallbackName), checksum)) return [{ kind, name }];
  const source = sourceOf(live, key, checksum, [copyName]);
  return source === undefined ? [] : [{ kind, name, child: copyChild(context, key, name, source) }];
}

/** Copies of this application that nothing refers to. */
function leftovers({ app, live }: CopyContext, wanted: ReadonlySet<string>): readonly Child[] {
  const { uid = '' } = app.metadata;
  return digestKinds
    .filter((kind) => live.canRead?.(kind) !== false)
    .flatMap((kind) => live.ownedBy?.(kind, uid) ?? [])
    .filter((object) => isOwnedBy(object, uid) && !wanted.has(`${object.kind}/${object.metadata.name}`))
    .map((object) => childOf(live, digestKind({ kind: object.kind as 'ConfigMap' | 'Secret' }), object.metadata.name));
}
