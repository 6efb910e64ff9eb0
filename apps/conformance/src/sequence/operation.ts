/** JSON, as requests carry it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  readonly [field: string]: Json;
}

/**
 * One request. Its strings may hold places that the player fills in from what the same server answered before:
 * `{{ns}}` the sequence's own word (its namespace, and a part of every cluster-wide name), `{{uid configmaps/a}}`,
 * `{{rv configmaps/a}}`, `{{old configmaps/a}}` (the version before the last), `{{start}}` (a list's version before
 * anything was done), `{{since configmaps/a}}` (the object's version, else the start), `{{continue}}` (of the last page).
 */
export interface Operation {
  /** Unique within its sequence; kept when others are dropped. */
  readonly id: number;
  readonly method: string;
  /** Below the server's address. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** In lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is when it is a string. */
  readonly body?: Json;
  /** A PUT of what is stored, with these changes: the body is read from the server's last answer. */
  readonly edit?: Edit;
  /** A watch: read until the event that `until` names came, an error, or the end of the stream. */
  readonly watch?: { readonly until?: Sentinel };
  /** Waits for what the server does by itself after this operation. */
  readonly settle?: Settle;
}

/** An object that is made once the watch is open: when its event is there, all before it are. */
export interface Sentinel {
  readonly path: string;
  readonly body: JsonObject;
}

/** Changes of an object that was answered before. */
export interface Edit {
  /** `configmaps/a`. */
  readonly object: string;
  /** Fields by dotted path; null removes one. */
  readonly set: readonly (readonly [path: readonly string[], value: Json])[];
}

/** What to wait for. */
export type Settle =
  /** Garbage collection of what is in these collections. */
  | { readonly of: 'garbage'; readonly collections: readonly string[] }
  /** Rules of access: this kind was written. */
  | { readonly of: 'access'; readonly resource: string }
  /** A path answers 200, or no longer does. */
  | { readonly of: 'present' | 'absent'; readonly path: string };

/** A case: what is sent, in order. */
export interface Sequence {
  /** That it was made from; a name for it. */
  readonly seed: number;
  readonly operations: readonly Operation[];
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value that is a text; empty when it is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
