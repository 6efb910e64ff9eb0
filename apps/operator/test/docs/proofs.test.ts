import { describe, expect, it } from 'vitest';

import { isThere, sectionsOf } from './named-tests.ts';

describe('a page that names tests', () => {
  it('is not believed: a test that is skipped, renamed or gone is missed', () => {
    const file = 'apps/operator/test/docs/proofs.test.ts';
    expect(isThere({ file, title: 'is not believed: a test that is skipped, renamed or gone is missed' })).toBe(true);
    expect(isThere({ file, title: 'is not believed: a test that is' })).toBe(false);
    expect(isThere({ file, title: 'nobody wrote this' })).toBe(false);
    expect(isThere({ file: 'apps/operator/test/docs/gone.test.ts', title: 'anything' })).toBe(false);
  });
});

describe.each(['peers.md', 'proofs.md'])('docs/%s', (page) => {
  const sections = sectionsOf(page);

  it('has something below each heading that shows it, or says why not', () => {
    expect(sections.length).toBeGreaterThan(20);
    const unshown = sections.filter(({ tests, text }) => tests.length === 0 && !/^Not met/mu.test(text));
    expect(unshown.map(({ heading }) => heading)).toEqual([]);
  });

  it.each(sections.map(({ heading, tests }) => [heading, tests] as const))(
    'names tests that exist: %s',
    (_heading, tests) => {
      expect(tests.filter((test) => !isThere(test))).toEqual([]);
    },
  );
});
