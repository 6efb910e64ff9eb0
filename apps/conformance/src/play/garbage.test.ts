import { describe, expect, it } from 'vitest';

import type { JsonObject } from '../sequence/operation.ts';
import { pendingGarbage } from './garbage.ts';

const object = (name: string, metadata: JsonObject = {}): JsonObject => ({
  metadata: { name, uid: name, ...metadata },
});
const owned = (by: readonly string[], more: JsonObject = {}): JsonObject => ({
  ownerReferences: by.map((uid) => ({ uid, ...more })),
});
const deleted = (...finalizers: readonly string[]): JsonObject => ({
  deletionTimestamp: 'now',
  finalizers: [...finalizers],
});
const none = new Set<string>();

describe('garbage collection', () => {
  it.each([
    ['an object without owners', [object('a')]],
    ['one whose owner is there', [object('a'), object('b', owned(['a']))]],
    ['one that is held while its owner is gone', [object('b', { ...owned(['x']), ...deleted('example.com/hold') })]],
    [
      'an owner that waits for a dependent',
      [
        object('a', deleted('foregroundDeletion')),
        object('b', { ...owned(['a'], { blockOwnerDeletion: true }), ...deleted('example.com/hold') }),
      ],
    ],
  ])('has nothing to do with %s', (_, objects) => {
    expect(pendingGarbage(objects, none)).toBeUndefined();
  });

  it.each([
    ['an object whose owner is gone', [object('b', owned(['x']))]],
    ['a reference to an owner that is gone', [object('a'), object('b', owned(['a', 'x']))]],
    ['an owner to orphan', [object('a', deleted('orphan'))]],
    ['a foreground deletion without dependents', [object('a', deleted('foregroundDeletion'))]],
  ])('has to deal with %s', (_, objects) => {
    expect(pendingGarbage(objects, none)).toBeDefined();
  });

  it('knows owners beside the objects', () => {
    expect(pendingGarbage([object('b', owned(['namespace']))], new Set(['namespace']))).toBeUndefined();
  });
});
