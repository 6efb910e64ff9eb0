import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { versions } from './own-versions.ts';

const fromRoot = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

describe('the versions of a new project', () => {
  it('are those that its templates were checked with', () => {
    const root = JSON.parse(fromRoot('package.json')) as { devDependencies: Record<string, string> };
    const workspace = parse(fromRoot('pnpm-workspace.yaml')) as { catalog: Record<string, string> };
    expect(versions.typescript).toBe(`^${root.devDependencies['typescript']}`);
    expect(versions.nodeTypes).toBe(`^${workspace.catalog['@types/node']}`);
  });

  it.each(['reconcile', 'simkube', 'testkit'])('%s is released together with this package', (name) => {
    expect((JSON.parse(fromRoot(`packages/${name}/package.json`)) as { version: string }).version).toBe(versions.own);
  });
});
