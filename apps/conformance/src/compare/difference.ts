import { isObject, type Json, type Operation, type Sequence } from '../sequence/operation.ts';
import type { Comparable } from './normalize.ts';

/** One thing that two servers answered differently. */
export interface Difference {
  readonly operation: Operation;
  /** Where in the answer, for instance `body.spec.replicas`; lists by index. */
  readonly at: string;
  /** Undefined where it is absent. */
  readonly simulated: Json | undefined;
  readonly real: Json | undefined;
}

/** Everything that differs, in the order of the operations; within one answer, the status alone when that differs. */
export function differences(
  sequence: Sequence,
  simulated: readonly Comparable[],
  real: readonly Comparable[],
): readonly Difference[] {
  return sequence.operations.flatMap((operation, at) => {
    const [left, right] = [simulated[at], real[at]];
    if (left === undefined || right === undefined) return [];
    if (left.status !== right.status)
      return [{ operation, at: 'status', simulated: summary(left), real: summary(right) }];
    const found: Difference[] = [];
    for (const part of ['body', 'warnings', 'events', 'settled'] as const) {
      compare(left[part], right[part], part, (path, ours, theirs) => {
        found.push({ operation, at: path, simulated: ours, real: theirs });
      });
    }
    return found;
  });
}

function summary({ status, body }: Comparable): Json {
  return isObject(body) && body['kind'] === 'Status'
    ? { status, reason: body['reason'] ?? '', causes: body['causes'] ?? [] }
    : { status };
}

type Report = (path: string, left: Json | undefined, right: Json | undefined) => void;

function compare(left: unknown, right: unknown, path: string, report: Report): void {
  if (Array.isArray(left) && Array.isArray(right)) {
    if (left.length !== right.length) {
      report(`${path}.length`, left as Json, right as Json);
      return;
    }
    for (const [at, item] of left.entries()) compare(item, right[at], `${path}.${at}`, report);
    return;
  }
  if (isObject(left) && isObject(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
      compare(left[key], right[key], `${path}.${key}`, report);
    return;
  }
  if (left !== right) report(path, left as Json | undefined, right as Json | undefined);
}
