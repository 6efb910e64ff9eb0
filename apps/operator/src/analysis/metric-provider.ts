/** What is asked of a metrics provider: one range query, in milliseconds since the epoch. */
export interface Question {
  readonly url: string;
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepSeconds: number;
}

/**
 * What came back, without anything of the body but counts and an error class: the answer of a provider is as
 * untrusted as its address.
 */
export type Answer =
  | { readonly kind: 'empty' }
  | { readonly kind: 'result'; readonly series: number }
  | { readonly kind: 'error'; readonly errorClass: string }
  | { readonly kind: 'forbidden'; readonly explanation: string };

/** Asks one kind of metrics backend. Never rejects: not getting an answer is an answer. */
export interface MetricProvider {
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
}
