import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { StatusError } from '../status/status-error.ts';
import { compileLabelSelector, parseLabelSelector } from './label-selector.ts';
import { selectorText } from './selector-text.ts';

const keys = fc.constantFrom('a', 'b', 'example.com/c');
const values = fc.constantFrom('x', 'y', 'z');
const selectors = fc.record({
  matchLabels: fc.dictionary(keys, values),
  matchExpressions: fc.array(
    fc.oneof(
      fc.record({
        key: keys,
        operator: fc.constantFrom('In', 'NotIn'),
        values: fc.uniqueArray(values, { minLength: 1 }),
      }),
      fc.record({ key: keys, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
    ),
    { maxLength: 3 },
  ),
});

describe('a label selector', () => {
  it('selects the same as an object and as text', () => {
    fc.assert(
      fc.property(selectors, fc.dictionary(keys, values), (selector, labels) => {
        expect(parseLabelSelector(selectorText(selector))(labels)).toBe(compileLabelSelector(selector)(labels));
      }),
    );
  });

  it('that excludes a value also selects what lacks the label', () => {
    expect([parseLabelSelector('a!=x')({}), parseLabelSelector('a notin (x)')({})]).toEqual([true, true]);
  });

  it('does not take inherited keys for labels', () => {
    expect(parseLabelSelector('constructor')({})).toBe(false);
  });

  it('that cannot be read is a bad request', () => {
    expect(() => parseLabelSelector('a in x')).toThrow(StatusError);
  });
});
