import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { named, runsOnce } from './named-tests.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/pains.md'), 'utf8');
const sections = page.split(/^## /mu).slice(1);

describe('docs/pains.md', () => {
  it('names a test for each pain, by its number', () => {
    const numbers = sections.map((section) => Number.parseInt(section, 10));
    expect(numbers).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
    expect(sections.filter((section) => !/^- `/mu.test(section))).toEqual([]);
  });

  it.each(named(page))('names the test "%s" of %s, which exists and runs', (test, file) => {
    expect(runsOnce(test, file)).toBe(true);
  });
});
