import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compareLabels, Labels } from './labels.ts';

const record = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'), fc.string({ maxLength: 3 }));

describe('labels', () => {
  it('takes an empty value for no label', () => {
    expect(Labels.fromRecord({ a: '', b: '1' }).key).toBe(Labels.fromRecord({ b: '1' }).key);
    expect(Labels.fromRecord({ b: '1' }).get('a')).toBe('');
  });

  it('keeps a label that is called __proto__ or constructor', () => {
    const labels = Labels.of([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(JSON.stringify(labels.toRecord())).toBe('{"__proto__":"x","constructor":"y"}');
    expect(labels.with('__proto__', '').pairs).toEqual([['constructor', 'y']]);
  });

  it('shows a series as error messages do', () => {
    expect(String(Labels.fromRecord({ __name__: 'up', job: 'a"b', instance: 'c' }))).toBe(
      'up{instance="c", job="a\\"b"}',
    );
  });

  it.each([
    [{ a: '1' }, { a: '2' }],
    [{ a: '2' }, { b: '1' }],
    [{ a: '1' }, { a: '1', b: '1' }],
    [{}, { a: '1' }],
  ])('orders %j before %j', (left, right) => {
    expect(compareLabels(Labels.fromRecord(left), Labels.fromRecord(right))).toBeLessThan(0);
    expect(compareLabels(Labels.fromRecord(right), Labels.fromRecord(left))).toBeGreaterThan(0);
  });

  it('has one key for one set of labels, whatever the order they come in', () => {
    fc.assert(
      fc.property(record, record, (left, right) => {
        const shuffled = Labels.of(Object.entries(left).toReversed());
        expect(shuffled.key).toBe(Labels.fromRecord(left).key);
        const isSame = compareLabels(shuffled, Labels.fromRecord(right)) === 0;
        expect(shuffled.key === Labels.fromRecord(right).key).toBe(isSame);
      }),
    );
  });
});
