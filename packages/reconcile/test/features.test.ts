import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { named, runsOnce } from './named-tests.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/features.md'), 'utf8');
const sections = page.split(/^## /mu).slice(1);
/** Rows of the table of operator frameworks, and what is beyond it. */
const rowCount = 48;

describe('docs/features.md', () => {
  it('has a test for each feature, or says why it is left out', () => {
    expect(sections).toHaveLength(rowCount);
    expect(sections.filter((section) => !/^- `/mu.test(section) && !section.includes('Left out'))).toEqual([]);
  });

  it.each(named(page))('names the test "%s" of %s, which exists and runs', (test, file) => {
    expect(runsOnce(test, file)).toBe(true);
  });
});
