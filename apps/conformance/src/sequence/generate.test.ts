import { describe, expect, it } from 'vitest';

import { Counts } from '../run/counts.ts';
import { generate, sequenceLength } from './generate.ts';
import { kindsInScope } from './kinds/kinds-in-scope.ts';

describe('a sequence', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(generate(7)).toEqual(generate(7));
    expect(generate(7)).not.toEqual(generate(8));
  });

  it('has fifty operations, each with a number of its own', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { operations } = generate(seed);
      expect(new Set(operations.map(({ id }) => id)).size).toBe(sequenceLength);
    }
  });

  it('comes, among two hundred, to every kind in scope and every kind of operation', () => {
    const counts = new Counts();
    for (let seed = 1; seed <= 200; seed += 1) counts.add(generate(seed));
    const kinds = new Set(counts.kinds.map(([name]) => name));
    expect(kindsInScope.map(({ plural }) => plural).filter((plural) => !kinds.has(plural))).toEqual([]);
    const operations = counts.operations.map(([name]) => name);
    for (const wanted of [
      'create',
      'update',
      'json patch',
      'merge patch',
      'strategic merge patch',
      'apply',
      'delete',
      'delete collection',
      'get',
      'list',
      'watch',
      'update of status',
      'apply of status',
      'update of scale',
      'merge patch of scale',
    ])
      expect(operations).toContain(wanted);
  });
});
