import { describe, expect, it } from 'vitest';

import { changedFields } from './changed-fields.ts';
import { judgePass, type Pass, type PassHistory, type PassWrite } from './pass.ts';

/** `a@1` was seen; `a@2 .status` was written, which made it version 2. */
function pass(saw: string, wrote = '', isWoken = false): Pass {
  const inputs = new Map(
    saw
      .split(' ')
      .filter((each) => each !== '')
      .map((each) => each.split('@') as [string, string]),
  );
  const writes = wrote
    .split(', ')
    .filter((each) => each !== '')
    .map((each): PassWrite => {
      const [object = '', field] = each.split(' ');
      const [name = '', version = ''] = object.split('@');
      return { object: name, verb: 'patch', fields: field === undefined ? [] : [field], version };
    });
  return { inputs, writes, isWoken };
}

/** What is reported of each pass. */
function reported(passes: readonly Pass[]): readonly string[] {
  let history: PassHistory | undefined;
  return passes.map((each) => {
    const judged = judgePass(history, each);
    history = judged.history;
    return judged.repeated.map(({ object, times }) => `${object} x${times}`).join(' ');
  });
}

describe('of the passes of one key', () => {
  it.each<[string, readonly Pass[], readonly string[]]>([
    ['none is wrong that writes nothing', [pass('a@1'), pass('a@1'), pass('a@2')], ['', '', '']],
    ['the first may write', [pass('a@1', 'a@2 .status')], ['']],
    [
      'one may take a step after another',
      [pass('a@1', 'a@2 .meta'), pass('a@2', 'b@3'), pass('a@2 b@3')],
      ['', '', ''],
    ],
    [
      'one may write again after a change',
      [pass('a@1', 'b@2 .x'), pass('a@3', 'b@4 .x'), pass('a@5', 'b@6 .x')],
      ['', '', ''],
    ],
    [
      'one is wrong that writes to what it does not see, though it sees the same',
      [pass('a@1', 'b@2 .x'), pass('a@1', 'b@3 .x')],
      ['', 'b x2'],
    ],
    [
      'one is wrong that writes the same field a third time, for its own writes only',
      [pass('a@1', 'a@2 .status.at'), pass('a@2', 'a@3 .status.at'), pass('a@3', 'a@4 .status.at')],
      ['', '', 'a x3'],
    ],
    [
      'one may write different fields one after the other',
      [pass('a@1', 'a@2 .x'), pass('a@2', 'a@3 .y'), pass('a@3', 'a@4 .z')],
      ['', '', ''],
    ],
    ['one may write when its time has come', [pass('a@1', 'b@2 .x'), pass('a@1', 'b@3 .x', true)], ['', '']],
    ['an object that appears is a change', [pass('a@1', 'b@2 .x'), pass('a@1 c@1', 'b@3 .x')], ['', '']],
    ['an object that vanishes is a change', [pass('a@1 c@1', 'b@2 .x'), pass('a@1', 'b@3 .x')], ['', '']],
    ['what it deleted itself is none', [pass('a@1 c@1', 'c@absent'), pass('a@1', 'a@2 .x')], ['', '']],
  ])('%s', (_what, passes, expected) => {
    expect(reported(passes)).toEqual(expected);
  });
});

describe('the fields that a write changed', () => {
  it('are the leaves that differ, without what the server counts', () => {
    const before = { metadata: { name: 'a', resourceVersion: '1', labels: { x: '1' } }, data: { a: [1], b: 'same' } };
    const after = {
      metadata: { name: 'a', resourceVersion: '2', generation: 2, managedFields: [], labels: { x: '2' } },
      data: { a: [2], b: 'same', c: 'new' },
    };
    expect(changedFields(before, after)).toEqual(['.metadata.labels.x', '.data.a', '.data.c']);
  });
});
