import { mathFunctions } from './math-functions.ts';
import type { PromqlFunction } from './promql-function.ts';
import { rangeFunctions } from './range-functions.ts';
import { vectorFunctions } from './vector-functions.ts';

/** The function of that name; undefined when the evaluator does not have it. */
export function findFunction(name: string): PromqlFunction | undefined {
  return rangeFunctions.get(name) ?? mathFunctions.get(name) ?? vectorFunctions.get(name);
}
