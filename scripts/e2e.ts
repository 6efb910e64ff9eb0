/**
 * What needs real programs: `pnpm e2e [files]`. With `--existing-cluster` it runs the operator's stories on the cluster
 * that $KUBECONFIG (or ~/.kube/config) names, and lists those that need a cluster of our own. Other arguments are
 * vitest's.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const flag = '--existing-cluster';
const args = process.argv.slice(2);
const isExisting = args.includes(flag);

const { status, signal, error } = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config=vitest.e2e.config.ts',
    ...(isExisting ? ['--project=operator', '--reporter=verbose'] : []),
    ...args.filter((arg) => arg !== flag),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...(isExisting ? { CANARYOP_E2E_EXISTING_CLUSTER: '1' } : {}) },
  },
);
if (error !== undefined) throw error;
process.exitCode = status ?? (signal === null ? 1 : 130);
