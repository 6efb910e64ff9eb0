import { formats, type RevisionFormat } from './revision-format.ts';

/** What the pods of a release run. Two releases are the same exactly when their revisions have the same id. */
export interface Revision {
  /** Hash of the rest; its leading digit is the format in which it is computed. */
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

/** What pods run, as the canonical JSON that a format hashes: a newer format may leave out what an older one has. */
export type Content = (format: RevisionFormat) => unknown;

/** The revision of an image that listens on a port. */
export function revisionOf(image: string, port: number): Revision {
  return { id: contentId(imageContent(image, port)), image, port };
}

/** What an image that listens on a port is told from. */
export function imageContent(image: string, port: number): Content {
  return () => ({ image, port });
}

/** The id of a revision, or the hash of a part of one, that nothing remembers yet. */
export function contentId(content: Content): string {
  return idIn(formats[0], content);
}

/** Whether `id` is that of this content, in the format of `id`; undefined when nobody here knows that format. */
export function isIdOf(id: string, content: Content): boolean | undefined {
  const format = formats.find(({ digit }) => id.startsWith(`${digit}-`));
  return format && idIn(format, content) === id;
}

/** A revision that is remembered by its id. */
export interface RememberedId {
  readonly id: string;
  /** Whether it is this content as far as can be told without its id, for an id of a format that is not known. */
  readonly looksAlike: boolean;
}

/**
 * The id of this content: the one that it is remembered by, whatever format that has, so that no newer format and no
 * older operator takes what is there for something new.
 * @param remembered the likeliest first
 */
export function idAmong(remembered: readonly RememberedId[], content: Content): string {
  const known = remembered.find(({ id, looksAlike }) => isIdOf(id, content) ?? looksAlike);
  return known?.id ?? contentId(content);
}

function idIn(format: RevisionFormat, content: Content): string {
  return `${format.digit}-${format.hash(content(format))}`;
}
