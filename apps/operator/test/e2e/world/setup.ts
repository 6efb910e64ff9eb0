import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { processEnv } from '@canaryop/reconcile/env';
import type { TestProject } from 'vitest/node';

import { kubectl } from './kubectl.ts';
import { startOwnWorld } from './own-world.ts';
import type { WorldAddress } from './world-address.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    world: WorldAddress;
  }
}

const root = join(import.meta.dirname, '../../../../..');
const run = promisify(execFile);

/** Starts the world of the operator's end-to-end tests once, for all their files. Returns what ends it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const env = processEnv();
  const startedMs = env.clock.monotonic();
  const tell = (line: string): void => {
    const seconds = ((env.clock.monotonic() - startedMs) / 1000).toFixed(1);
    process.stderr.write(`e2e ${seconds} s: ${line}\n`);
  };
  const bundle = await mkdtemp(join(tmpdir(), 'canaryop-e2e-'));
  const world = await startOwnWorld(env, tell);
  const end = async (): Promise<void> => {
    await world.stop();
    await rm(bundle, { recursive: true, force: true });
  };
  try {
    await run(process.execPath, [join(root, 'scripts/bundle.ts'), bundle]);
    const { adminKubeconfig } = world.plane;
    await kubectl(adminKubeconfig, ['apply', '-k', join(root, 'config/default')]);
    const account = ['canaryop-system', 'canaryop-controller-manager'] as const;
    const operatorKubeconfig = await world.plane.serviceAccountKubeconfig(...account);
    tell('config/default is applied');
    const { prometheus, own } = world;
    project.provide('world', { kubeconfig: adminKubeconfig, operatorKubeconfig, bundle, prometheus, own });
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}
