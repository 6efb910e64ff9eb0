/** A fact about a span, as tracing systems take them. */
export type SpanAttributes = Readonly<Record<string, string | number | readonly string[]>>;

/** A span that is under way. */
export interface Span {
  /** Adds facts that are known only now. */
  set(attributes: SpanAttributes): void;
}

/** Where the library tells how long its work takes, and what is part of what. It decides nothing by it. */
export interface Tracer {
  /**
   * Does work within a span, which ends with it; what is begun in between is part of it. A rejection marks the span as
   * failed and goes on to the caller.
   */
  span<T>(name: string, attributes: SpanAttributes, work: (span: Span) => Promise<T>): Promise<T>;
}

/** Tells nobody. */
export const noTracer: Tracer = {
  span: (_name, _attributes, work) => work({ set: () => undefined }),
};
