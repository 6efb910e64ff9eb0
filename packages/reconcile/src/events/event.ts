import { createHash } from 'node:crypto';

import { formatTime } from '../env/time.ts';
import type { KubernetesObject } from '../object/object.ts';
import { resourceKind } from '../object/resource-kind.ts';

/** What an event is about: enough for `kubectl describe` to find it. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** `core/v1` Event in its count form: what kubectl shows and needs no MicroTime. */
export interface CoreEvent extends KubernetesObject {
  readonly involvedObject: ObjectReference;
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly component: string };
  readonly reportingComponent: string;
  readonly reportingInstance: string;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  readonly count: number;
}

/** Normal: as expected. Warning: somebody should look. */
export type EventType = 'Normal' | 'Warning';

/** Events of the core group, which `kubectl get events` and `describe` show. */
export const eventKind = resourceKind<CoreEvent>({ group: '', version: 'v1', kind: 'Event', plural: 'events' });

/** One thing that happened, before it is decided whether and how it is written. */
export interface Occurrence {
  readonly about: ObjectReference;
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
  /** Wall clock, milliseconds since the epoch. */
  readonly atMs: number;
}

const maxMessageBytes = 1024;
const maxReasonLength = 128;

/** Refers to an object by what its events need. */
export function referenceTo(object: KubernetesObject): ObjectReference {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

/** A message as the API server takes it: no control characters, at most 1 KiB of UTF-8, cut at a character. */
export function boundedMessage(text: string): string {
  const clean = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return cutBytes(clean, maxMessageBytes);
}

/** A reason is one word in UpperCamelCase; anything else is dropped from it. */
export function boundedReason(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]/gu, '').slice(0, maxReasonLength) || 'Unknown';
}

function cutBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const ellipsis = '...';
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > limit - ellipsis.length) break;
    kept += character;
  }
  return kept + ellipsis;
}

/**
 * The Event to create for the first of some occurrences. Its name is derived from what it says, so a POST that is
 * repeated because its answer was lost meets its own object.
 */
export function newEvent(occurrence: Occurrence, reporter: { component: string; instance: string }): CoreEvent {
  const { about, type, reason, message, atMs } = occurrence;
  const identity = JSON.stringify([about.uid, about.kind, about.namespace, type, reason, message, atMs]);
  const suffix = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  const at = formatTime(atMs);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${about.name.slice(0, 230)}.${suffix}`, namespace: about.namespace ?? 'default' },
    involvedObject: about,
    type,
    reason,
    message,
    source: { component: reporter.component },
    reportingComponent: reporter.component,
    reportingInstance: reporter.instance,
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
  };
}
