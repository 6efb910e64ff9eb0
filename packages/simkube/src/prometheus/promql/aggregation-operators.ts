/** Aggregations with a number, a text or nothing before the vector. */
const parameters: ReadonlyMap<string, 'none' | 'scalar' | 'string'> = new Map([
  ['sum', 'none'],
  ['avg', 'none'],
  ['min', 'none'],
  ['max', 'none'],
  ['count', 'none'],
  ['group', 'none'],
  ['stddev', 'none'],
  ['stdvar', 'none'],
  ['topk', 'scalar'],
  ['bottomk', 'scalar'],
  ['quantile', 'scalar'],
  ['count_values', 'string'],
]);

/** What an aggregation takes before its vector; undefined when the evaluator does not have it. */
export function aggregationParameter(operator: string): 'none' | 'scalar' | 'string' | undefined {
  return parameters.get(operator);
}
