import { describe, expect, it, vi } from 'vitest';

import type * as formatModule from './revision-format.ts';
import { contentId, idAmong, imageContent, revisionOf, type RememberedId } from './revision.ts';

const operator = vi.hoisted(() => ({ isRaised: false }));

vi.mock('./revision-format.ts', async (original) => {
  const real = await original<typeof formatModule>();
  const raised = { digit: '2', hash: (canonical: unknown) => real.formats[0].hash({ canonical }) };
  return {
    get formats() {
      return operator.isRaised ? [raised, ...real.formats] : real.formats;
    },
  };
});

/** What an operator of a format makes of something. */
function by<T>(format: 1 | 2, make: () => T): T {
  operator.isRaised = format === 2;
  return make();
}

const v1 = imageContent('shop:v1', 8080);
const idBy = (format: 1 | 2, content = v1): string => by(format, () => contentId(content));
const remembered = (id: string, looksAlike = false): RememberedId => ({ id, looksAlike });

describe('the id of a revision', () => {
  it('is the same for the same content, whatever its order of keys', () => {
    expect(contentId(() => ({ a: 1, b: [{ c: 2, d: 3 }] }))).toBe(contentId(() => ({ b: [{ d: 3, c: 2 }], a: 1 })));
    expect(contentId(() => ({ a: 1 }))).not.toBe(contentId(() => ({ a: 2 })));
  });

  it('of an image is what it was with the first operator', () => {
    expect(by(1, () => revisionOf('shop:v1', 8080).id)).toBe('1-2b796836477b');
  });

  it.each<[string, 1 | 2, readonly RememberedId[], string]>([
    ['is new where nothing is remembered', 1, [], idBy(1)],
    ['is the remembered one', 1, [remembered(idBy(1))], idBy(1)],
    ['is new where something else is remembered', 1, [remembered(idBy(1, imageContent('shop:v2', 8080)))], idBy(1)],
    ['stays as an older format has it', 2, [remembered(idBy(1))], idBy(1)],
    ['has the newest format where it is new', 2, [], idBy(2)],
    [
      'is new in the newest format where an older one remembers something else',
      2,
      [remembered(idBy(1, imageContent('shop:v1', 8081)))],
      idBy(2),
    ],
    [
      'looks like another one in vain where the format can tell',
      2,
      [remembered(idBy(1, imageContent('shop:v1', 8081)), true)],
      idBy(2),
    ],
    ['stays as a format has it that is not known here, where it looks alike', 1, [remembered(idBy(2), true)], idBy(2)],
    ['is new where it does not look like one of a format that is not known', 1, [remembered(idBy(2))], idBy(1)],
    ['is that of the likeliest', 2, [remembered(idBy(1)), remembered(idBy(2))], idBy(1)],
    ['is remembered as no id at all where status was garbled', 1, [remembered('')], idBy(1)],
  ])('%s', (_what, format, known, id) => {
    expect(by(format, () => idAmong(known, v1))).toBe(id);
  });
});
