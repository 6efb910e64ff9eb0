import type { Json } from '../sequence/operation.ts';

/** What a server answered to one operation, as it came. */
export interface Answer {
  /** Of the operation. */
  readonly id: number;
  readonly status: number;
  /** Decoded; text when it is not JSON. Of a watch: its refusal. */
  readonly body: Json;
  /** Texts of `Warning` headers. */
  readonly warnings: readonly string[];
  /** Of a watch that was let in. */
  readonly events?: readonly Json[];
  /** After settling: what is left in each collection, or what never settled. */
  readonly settled?: Json;
}

/** What a server answered to a whole sequence. */
export interface Trace {
  /** The word that stood for `{{ns}}`. */
  readonly word: string;
  readonly answers: readonly Answer[];
}
