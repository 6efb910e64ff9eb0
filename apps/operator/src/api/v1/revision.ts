import { createHash } from 'node:crypto';

/** What the pods of a release run. Two releases are the same exactly when their revisions have the same id. */
export interface Revision {
  /** Hash of the rest; its leading digit is the version of the way it is computed. */
  readonly id: string;
  readonly image: string;
  readonly port: number;
}

/** Raised when the canonical form below changes, so that an upgrade can tell an old id from another release. */
const formatVersion = 1;
const digits = 12;

/** The revision of an image that listens on a port. */
export function revisionOf(image: string, port: number): Revision {
  const canonical = JSON.stringify({ image, port });
  const hash = createHash('sha256').update(canonical).digest('hex').slice(0, digits);
  return { id: `${formatVersion}-${hash}`, image, port };
}
