import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8');
const folders = globSync('*/main.ts', { cwd: import.meta.dirname })
  .map((path) => path.split('/')[0] ?? '')
  .toSorted();

describe.each(folders)('the example %s', (folder) => {
  const source = read(`${folder}/main.ts`);

  it('is one file under 80 lines', () => {
    expect(source.split('\n').length).toBeLessThan(80);
  });

  it('imports what anybody may', () => {
    const imported = [...source.matchAll(/ from '([^']+)'/gu)].map(([, name = '']) => name);
    expect(imported.filter((name) => !/^(node:|@canaryop\/reconcile(\/|$))/u.test(name))).toEqual([]);
    expect(imported.length).toBeGreaterThan(0);
  });

  it('is in the table, and says how to install it and to run it', () => {
    expect(read('README.md')).toContain(`| [${folder}](${folder}) |`);
    expect(read(`${folder}/README.md`)).toMatch(
      new RegExp(`examples/${folder}/main\\.ts --\\w+ \\| kubectl apply`, 'u'),
    );
    expect(read(`${folder}/README.md`)).toContain(`kubectl apply -f examples/${folder}/sample.yaml`);
  });
});
