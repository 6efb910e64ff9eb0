/** Where a question goes. */
interface Addressed {
  /** An http or https URL, which is user input. Absent: the operator's own metrics server, which its flag vouches for. */
  readonly url?: string;
  /** The field that the URL is from, for messages. */
  readonly field: string;
}

/** One range query to Prometheus; times in milliseconds since the epoch. */
export interface RangeQuestion extends Addressed {
  readonly kind: 'range';
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepSeconds: number;
}

/** One query to Prometheus about a single moment, in milliseconds since the epoch. It must give one number. */
export interface InstantQuestion extends Addressed {
  readonly kind: 'instant';
  readonly query: string;
  readonly atMs: number;
}

/** A JSON document with a number in it, at a path as `.data[0].value`. */
export interface DocumentQuestion extends Addressed {
  readonly kind: 'document';
  readonly path: string;
}

/** A POST of a JSON text, which is accepted or not. */
export interface WebhookQuestion extends Addressed {
  readonly kind: 'webhook';
  readonly body: string;
  readonly timeoutMs: number;
}

/** What is asked of a provider. Each kind has one. */
export type Question = RangeQuestion | InstantQuestion | DocumentQuestion | WebhookQuestion;

/**
 * What came back, without anything of a body but numbers and an error class: the answer of a provider is as untrusted
 * as its address.
 */
export type Answer =
  /** There is nothing: no series, or null. */
  | { readonly kind: 'empty' }
  /** A range query found something. */
  | { readonly kind: 'result'; readonly series: number }
  /** One number, which may be NaN or infinite. */
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'accepted' }
  /** A webhook answered, and not with a 2xx. */
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'error'; readonly errorClass: string }
  | { readonly kind: 'forbidden'; readonly explanation: string };
