import { createHash } from 'node:crypto';

/** What the pods of a release run. Two releases are the same exactly when their revisions have the same id. */
export interface Revision {
  /** Hash of the rest; its leading digit is the version of the way it is computed. */
  readonly id: string;
  readonly image: string;
  readonly port: number;
  /** What it is made of, where that is more than image and port. */
  readonly content?: RevisionContent;
}

/** The parts of a revision that can change without each other. */
export interface RevisionContent {
  /** Hash of the pod template. */
  readonly template: string;
  /** Checksums of the ConfigMaps and Secrets that it refers to, by `configmap/x` and `secret/y`. */
  readonly configs: Readonly<Record<string, string>>;
}

/** Raised when the canonical form below changes, so that an upgrade can tell an old id from another release. */
const formatVersion = 1;
const digits = 12;

/** The revision of an image that listens on a port. */
export function revisionOf(image: string, port: number): Revision {
  return { id: idOf({ image, port }), image, port };
}

/** Hash of a part of a revision. @param content JSON in a canonical form, whatever its order of keys */
export function contentHash(content: unknown): string {
  return idOf(sorted(content));
}

/**
 * The revision of anything that pods run.
 * @param content JSON in a canonical form: the same content is the same revision, whatever its order of keys
 * @param shown what stands for it where people look, and the port of its routes
 */
export function revisionOfContent(
  content: unknown,
  shown: { readonly image: string; readonly port: number },
): Revision {
  return { id: contentHash(content), image: shown.image, port: shown.port };
}

function idOf(canonical: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(canonical)).digest('hex').slice(0, digits);
  return `${formatVersion}-${hash}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
