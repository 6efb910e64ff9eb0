import { describe, expect, it } from 'vitest';

import { compileJsonPath } from './json-path.ts';

const object = {
  spec: { size: 3, list: [{ name: 'a' }, { name: 'b' }], 'a.b': 'dotted' },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Live', status: 'False' },
    ],
  },
};

describe('a column path', () => {
  it.each([
    ['.spec.size', [3]],
    ['{.spec.size}', [3]],
    ['.spec.missing.more', []],
    ['.spec.list[0].name', ['a']],
    ['.spec.list[-1].name', ['b']],
    ['.spec.list[*].name', ['a', 'b']],
    [".spec['a.b']", ['dotted']],
    [String.raw`.spec.a\.b`, ['dotted']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type != 'Ready')].status", ['False']],
  ])('%s finds %j', (path, expected) => {
    expect(compileJsonPath(path)?.(object)).toEqual(expected);
  });

  it('that uses anything else is not compiled', () => {
    expect(compileJsonPath('.spec..name')).toBeUndefined();
  });
});
