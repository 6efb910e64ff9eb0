import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const script = join(import.meta.dirname, '../../../../scripts/build-control-plane.ts');
const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'];

/**
 * Before any test: builds what every one of them needs, with progress lines that nothing swallows. In a process of its
 * own, since Vite does not give a set-up the sources of our packages: without `pnpm build` it would find nothing.
 */
export function setup(): void {
  const { status, error } = spawnSync(process.execPath, ['--conditions=source', script, ...programs], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`the programs of the control plane could not be built (exit code ${String(status)})`);
}
