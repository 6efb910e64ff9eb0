import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { TestProject } from 'vitest/node';

import type { WorldAddress } from './world-address.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    world: WorldAddress;
  }
}

/**
 * Starts the world of the operator's end-to-end tests once, for all their files, as a process of its own: what vitest
 * does must not delay requests. Returns what ends it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, ['--conditions=source', main], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const address = await new Promise<WorldAddress>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line) as WorldAddress));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the world has ended with ${String(code)} before it was ready`)));
  });
  project.provide('world', address);
  return async () => {
    child.stdin.end();
    await ended;
  };
}
