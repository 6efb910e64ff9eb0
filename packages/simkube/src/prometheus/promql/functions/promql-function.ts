import type { Point } from '../../tsdb/series.ts';
import type { Call, ValueType } from '../ast.ts';
import type { Value } from '../value.ts';

/** What a function takes and gives. */
export interface Signature {
  readonly args: readonly ValueType[];
  /** How many of the last arguments may be left out; `repeat`: the last one may come any number of times, none too. */
  readonly optional?: number | 'repeat';
  readonly returns: ValueType;
}

/** The closed interval that a range covers, in milliseconds. */
export interface RangeWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** What else a function may look at. */
export interface CallContext {
  /** The time that is evaluated. */
  readonly timeMs: number;
  /** The call as it is written. */
  readonly call: Call;
}

/**
 * A PromQL function: `range` computes each series of its range vector alone (undefined: no result for this series),
 * `math` each sample of its instant vector alone; both are handed their scalar arguments. `general` sees all arguments.
 */
export type PromqlFunction = Signature &
  (
    | {
        readonly kind: 'range';
        readonly keepsName?: boolean;
        readonly compute: (
          points: readonly Point[],
          window: RangeWindow,
          params: readonly number[],
          timeMs: number,
        ) => number | undefined;
      }
    | { readonly kind: 'math'; readonly compute: (value: number, params: readonly number[]) => number }
    | { readonly kind: 'general'; readonly compute: (args: readonly Value[], context: CallContext) => Value }
  );
