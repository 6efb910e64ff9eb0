import { isObject, type Json, type JsonObject, type Operation } from '../../sequence/operation.ts';
import type { Difference } from '../difference.ts';

/** A difference that is meant, or that no client can rely on. docs/simulated-cluster.md shows the list. */
export interface Explanation {
  /** A short name, for counts. */
  readonly name: string;
  readonly reason: string;
  /** @param before the operations that came before it. */
  readonly covers: (difference: Difference, before: readonly Operation[]) => boolean;
}

/** Whether an operation is a server-side apply. */
export function isApply({ headers }: Operation): boolean {
  return headers?.['content-type'] === 'application/apply-patch+yaml';
}

/** The metadata in an operation's body; empty when it has none. */
export function metadataOf({ body }: Operation): JsonObject {
  const metadata = isObject(body ?? null) ? (body as JsonObject)['metadata'] : undefined;
  return isObject(metadata ?? null) ? (metadata as JsonObject) : {};
}

/** Whether a value is a list or map without anything in it. */
export function isEmpty(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Whether an answer, as the summary of a status, has a code. */
export function hasCode(side: Json | undefined, code: number): boolean {
  return isObject(side ?? null) && (side as JsonObject)['status'] === code;
}

/** `reason field` of each cause of a refusal. */
export function causesOf(side: Json | undefined): readonly string[] {
  const causes = isObject(side ?? null) ? (side as JsonObject)['causes'] : undefined;
  return Array.isArray(causes) ? (causes as readonly Json[]).filter((cause) => typeof cause === 'string') : [];
}
