import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** Imports a door of the package in a fresh process and lists the packages that were loaded for it. */
async function packagesLoadedBy(door: string): Promise<readonly string[]> {
  const script = `
    import { registerHooks } from 'node:module';
    const packages = new Set();
    registerHooks({
      load(url, context, next) {
        const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
        if (name !== undefined) packages.add(name);
        return next(url, context);
      },
    });
    await import(${JSON.stringify(new URL(door, import.meta.url).href)});
    console.log(JSON.stringify([...packages]));
  `;
  const { stdout } = await run(process.execPath, ['--conditions=source', '--input-type=module', '-e', script]);
  return JSON.parse(stdout) as readonly string[];
}

describe('importing', () => {
  it('the client loads undici and nothing else: a pod does not pay for kubeconfig files', async () => {
    expect(await packagesLoadedBy('./index.ts')).toEqual(['undici']);
  });

  it('the cache loads no package at all', async () => {
    expect(await packagesLoadedBy('../cache/index.ts')).toEqual([]);
  });

  it('the whole package loads undici and prom-client and nothing else, whatever it could do if asked', async () => {
    expect((await packagesLoadedBy('../index.ts')).toSorted()).toEqual(['prom-client', 'undici']);
  });
});
