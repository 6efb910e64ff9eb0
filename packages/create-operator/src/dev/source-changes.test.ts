import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { processEnv } from '@canaryop/reconcile/env';

import { sourceChanges } from './source-changes.ts';

let root: string;
let stop: AbortController;
let changes: AsyncIterator<readonly string[]>;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'source-changes-'));
  mkdirSync(join(root, 'controllers'));
  stop = new AbortController();
  changes = sourceChanges(processEnv(), root, stop.signal)[Symbol.asyncIterator]();
});

afterEach(async () => {
  stop.abort();
  await changes.return?.();
  rmSync(root, { recursive: true });
});

const write = (path: string): void => writeFileSync(join(root, path), 'text');

/** What is told of what this does. The files that come and go with it may be among it. */
async function toldOf(act: () => void): Promise<readonly string[]> {
  const next = changes.next();
  act();
  const { value } = await next;
  return (value as readonly string[]).map((path) => path.slice(root.length + 1));
}

describe('changes of the source', () => {
  it('are told of each time that another file takes the place of one, as editors save', async () => {
    for (const name of ['1', '2', '3']) {
      const told = await toldOf(() => {
        write(name);
        renameSync(join(root, name), join(root, 'controllers/a.ts'));
      });
      expect(told).toContain('controllers/a.ts');
    }
  });

  it('are told of together, and without what editors keep for themselves', async () => {
    const told = await toldOf(() => {
      for (const path of ['controllers/.a.ts.swp', 'controllers/a.ts~', 'controllers/a.ts', 'operator.ts']) write(path);
    });
    expect(told).toEqual(['controllers/a.ts', 'operator.ts']);
  });

  it('are told of in folders that are new, and in those that have come back', async () => {
    for (let round = 0; round < 2; round += 1) {
      const come = await toldOf(() => {
        mkdirSync(join(root, 'api/v1'), { recursive: true });
        write('api/v1/a.ts');
      });
      expect(come).toContain('api/v1/a.ts');
      expect(await toldOf(() => write('api/v1/b.ts'))).toEqual(['api/v1/b.ts']);
      expect(await toldOf(() => rmSync(join(root, 'api'), { recursive: true }))).toContain('api/v1/a.ts');
    }
  });
});
