import { describe, expect, it } from 'vitest';

import { outcomeOf, type Outcome, type Situation } from './situation.ts';

/** A sentence of the specification, a moment that it is about, and what it says of it. */
export type Row = readonly [sentence: string, situation: Situation, expected: Partial<Outcome>];

/** Each row is a test of `plan`. */
export function rows(flow: string, table: readonly Row[]): void {
  describe(flow, () => {
    it.each(table)('%s', (_sentence, situation, expected) => {
      expect(outcomeOf(situation)).toMatchObject(expected);
    });
  });
}
