import { describe, expect, it } from 'vitest';

import { keyOf, keyText, type ObjectKey } from './object-key.ts';

describe('a key', () => {
  it('is made of metadata as they are, whether they have a namespace or not', () => {
    const keys = [{ name: 'a', namespace: 'ns' }, { name: 'a' }, { name: 'a', namespace: undefined }].map(
      ({ name, namespace }): ObjectKey => ({ namespace, name }),
    );
    expect(keys.map(keyText)).toEqual(['ns/a', 'a', 'a']);
  });

  it('of an object without a namespace has none', () => {
    expect(keyOf({ metadata: { name: 'a', namespace: undefined } })).toStrictEqual({ name: 'a' });
    expect(keyOf({ metadata: { name: 'a', namespace: 'ns' } })).toStrictEqual({ name: 'a', namespace: 'ns' });
  });
});
