/**
 * Why a query has no answer, in the words of Prometheus's HTTP API: `bad_data` is a mistake in the request (400),
 * `execution` what cannot be computed, unsupported features included (422), `timeout` took too long (503).
 */
export type QueryErrorType = 'bad_data' | 'execution' | 'timeout';

/** Ends the evaluation of a query. The engine turns it into a value: it never leaves this folder. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly errorType: QueryErrorType;

  constructor(errorType: QueryErrorType, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

/** A mistake at an offset of the query, told as `line:column: parse error: ...` like Prometheus does. */
export function parseError(query: string, offset: number, message: string): QueryError {
  const before = query.slice(0, offset).split('\n');
  const column = (before.at(-1) ?? '').length + 1;
  return new QueryError('bad_data', `${before.length}:${column}: parse error: ${message}`);
}

/** Something that Prometheus has and this evaluator does not: refused by name, so that no answer is silently wrong. */
export function unsupported(feature: string): QueryError {
  return new QueryError('execution', `${feature} is not supported by the embedded PromQL evaluator`);
}
