import { describe, expect, it } from 'vitest';

import { matchesFields, parseFieldSelector } from './field-selector.ts';

const pod = { metadata: { name: 'web', namespace: 'n' }, spec: { nodeName: 'a', hostNetwork: true }, status: {} };

describe('a field selector', () => {
  it.each([
    ['', true],
    ['metadata.name=web', true],
    ['metadata.name==web', true],
    ['metadata.name=api', false],
    ['metadata.name!=api', true],
    ['metadata.name=web,spec.nodeName=b', false],
    ['metadata.name=web,spec.nodeName=a', true],
    ['spec.hostNetwork=true', true],
    ['status.phase=', true],
    ['status.phase!=Failed', true],
    ['metadata.constructor=x', false],
    [String.raw`metadata.name=a\,b`, false],
  ])('%j on a pod holds: %j', (text, expected) => {
    expect(matchesFields(parseFieldSelector(text), pod)).toBe(expected);
  });

  it('takes an escaped comma as part of the value', () => {
    expect(parseFieldSelector(String.raw`metadata.name=a\,b`)).toEqual([
      { path: ['metadata', 'name'], operator: 'equals', value: 'a,b' },
    ]);
  });

  it.each(['metadata.name', '=web', 'a b', 'metadata.name=web,'])('%j is refused, by term', (text) => {
    expect(() => parseFieldSelector(text)).toThrow('cannot read the term');
  });
});
