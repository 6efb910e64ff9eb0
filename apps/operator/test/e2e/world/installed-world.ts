import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Env } from '@canaryop/reconcile/env';
import type { OnProgress } from '@canaryop/testkit/control-plane';

import { kubectl } from './kubectl.ts';
import { startOwnWorld } from './own-world.ts';
import type { WorldAddress } from './world-address.ts';

const root = join(import.meta.dirname, '../../../../..');
const run = promisify(execFile);

/** What is installed: `kubectl apply -k`. */
export const manifests = join(root, 'config/default');

/** A folder with the operator's bundle. Remove it. */
export async function bundleFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'canaryop-e2e-'));
  await run(process.execPath, [join(root, 'scripts/bundle.ts'), folder]);
  return folder;
}

/** A world with config/default in it. */
export interface InstalledWorld {
  readonly address: WorldAddress;
  /** Rejects when a part of it ends by itself. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/** Starts a world of our own, bundles the operator, and installs its manifests as the README says. */
export async function startInstalledWorld(env: Env, tell: OnProgress): Promise<InstalledWorld> {
  const bundle = await bundleFolder();
  const removeBundle = (): Promise<void> => rm(bundle, { recursive: true, force: true });
  const world = await startOwnWorld(env, tell).catch(async (error: unknown) => {
    await removeBundle();
    throw error;
  });
  const stop = async (): Promise<void> => {
    await world.stop();
    await removeBundle();
  };
  try {
    const { plane, prometheus, own, broken } = world;
    await kubectl(plane.adminKubeconfig, ['apply', '-k', manifests]);
    const operatorKubeconfig = await plane.serviceAccountKubeconfig('canaryop-system', 'canaryop-controller-manager');
    tell('config/default is applied');
    const address = { kubeconfig: plane.adminKubeconfig, operatorKubeconfig, bundle, prometheus, own };
    return { address, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
