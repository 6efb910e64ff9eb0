import { describe, expect, it } from 'vitest';

import { diffText, driftOf } from './drift.ts';
import { generatedHeader } from './generated-manifests.ts';

const ours = (text: string): string => generatedHeader + text;

describe('manifests that do not follow from the code', () => {
  it.each<[string, Record<string, string>, Record<string, string>, readonly string[], readonly string[]]>([
    ['as they should be', { a: ours('1\n') }, { a: ours('1\n') }, [], []],
    ['missing', { a: ours('1\n') }, {}, ['write a'], []],
    ['different', { a: ours('1\n') }, { a: ours('2\n') }, ['write a'], []],
    ['left over', {}, { a: ours('1\n') }, ['remove a'], []],
    ['taken over by hand', { a: ours('1\n') }, { a: '2\n' }, [], ['a']],
    ['beside files of others', {}, { 'kustomization.yaml': 'resources: []\n' }, [], []],
  ])('%s', (_name, generated, present, expected, yours) => {
    const drift = driftOf(generated, present);
    expect(drift.plan.map(({ path, content }) => `${content === undefined ? 'remove' : 'write'} ${path}`)).toEqual(
      expected,
    );
    expect(drift.yours).toEqual(yours);
  });

  it('are shown as a diff', () => {
    const { plan } = driftOf({ a: ours('1\n'), b: ours('x\n') }, { a: ours('2\n') });
    expect(diffText(plan)).toBe(
      `--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@\n ${generatedHeader}-2\n+1\n` +
        `--- /dev/null\n+++ b/b\n@@ -0,0 +1,2 @@\n+${generatedHeader}+x\n`,
    );
  });
});
