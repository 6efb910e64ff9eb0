import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  differenceOf,
  emptyFieldSet,
  fieldPaths,
  fieldSet,
  fieldSetFromV1,
  fieldSetToV1,
  intersectionOf,
  isEmptyFieldSet,
  leafField,
  recursiveDifferenceOf,
  sameFieldSet,
  unionOf,
  type FieldSet,
} from './field-set.ts';

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"s"');
const sets: fc.Arbitrary<FieldSet> = fc
  .letrec<{ set: FieldSet }>((tie) => ({
    set: fc.oneof(
      { maxDepth: 3 },
      fc.constant(leafField),
      fc
        .tuple(fc.boolean(), fc.array(fc.tuple(element, tie('set')), { maxLength: 3 }))
        .map(([member, children]) =>
          fieldSet(member, new Map(children.filter(([, child]) => !isEmptyFieldSet(child)))),
        ),
    ),
  }))
  .set.map((set) => fieldSet(false, set.children));

describe('field sets', () => {
  it('survive the way to FieldsV1 and back', () => {
    fc.assert(
      fc.property(sets, (set) => {
        expect(sameFieldSet(fieldSetFromV1(fieldSetToV1(set)), set)).toBe(true);
      }),
    );
  });

  it('obey the laws of sets', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        expect(sameFieldSet(unionOf(a, b), unionOf(b, a))).toBe(true);
        expect(sameFieldSet(intersectionOf(a, b), intersectionOf(b, a))).toBe(true);
        expect(sameFieldSet(unionOf(differenceOf(a, b), intersectionOf(a, b)), a)).toBe(true);
        expect(isEmptyFieldSet(intersectionOf(differenceOf(a, b), b))).toBe(true);
        expect(isEmptyFieldSet(differenceOf(recursiveDifferenceOf(a, b), differenceOf(a, b)))).toBe(true);
        expect(sameFieldSet(unionOf(a, emptyFieldSet), a)).toBe(true);
      }),
    );
  });

  it('name fields as conflicts do', () => {
    const set = fieldSetFromV1({
      'f:spec': {
        'f:containers': { 'k:{"name":"app","port":80}': { '.': {}, 'f:image': {} } },
        'f:set': { 'v:"x"': {} },
      },
    });
    expect(fieldPaths(set)).toEqual([
      '.spec.containers[name="app",port=80]',
      '.spec.containers[name="app",port=80].image',
      '.spec.set[="x"]',
    ]);
  });
});
