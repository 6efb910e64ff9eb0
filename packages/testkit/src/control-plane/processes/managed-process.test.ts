import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { processEnv } from '@canaryop/reconcile/env';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { startGuard } from './guard.ts';
import { startProcess, untilReady, type ManagedProcess, type ProcessScope } from './managed-process.ts';

const env = processEnv();
let scope: ProcessScope;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'managed-process-'));
  scope = { env, folder, guard: startGuard(folder) };
});

afterEach(async () => {
  await scope.guard.end();
  await rm(scope.folder, { recursive: true, force: true });
});

const start = (name: string, script: string): Promise<ManagedProcess> =>
  startProcess(scope, { name, program: '/bin/sh', args: ['-c', script] });

describe('a managed process', () => {
  it('is killed by its guard, with the folder, though it ignores signals and writes on', async () => {
    const stubborn = await start('stubborn', `trap '' HUP INT TERM; while :; do date >> more; sleep 0.01; done`);
    await vi.waitUntil(() => existsSync(join(scope.folder, 'more')), { timeout: 5000 });
    await scope.guard.end();
    await vi.waitUntil(() => stubborn.hasEnded, { timeout: 5000 });
    expect(existsSync(scope.folder)).toBe(false);
  });

  it('takes its own children with it, killed or ended', async () => {
    const isGone = (file: string): boolean => {
      const path = join(scope.folder, file);
      const pid = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
      if (pid === '') return false;
      return spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout.trim().replace(/^Z.*/, '') === '';
    };
    const parent = await start('parent', 'sleep 60 & echo $! > first; wait');
    await vi.waitUntil(() => existsSync(join(scope.folder, 'first')), { timeout: 5000 });
    await parent.kill();
    await vi.waitUntil(() => isGone('first'), { timeout: 5000 });
    const forgetful = await start('forgetful', 'sleep 60 & echo $! > second');
    await vi.waitUntil(() => forgetful.hasEnded && isGone('second'), { timeout: 5000 });
  });

  it('gets nothing of our environment but the PATH', async () => {
    process.env['CANARYOP_TEST_SECRET'] = 'secret';
    try {
      const child = await start('environment', 'env');
      await vi.waitUntil(() => child.hasEnded, { timeout: 5000 });
      expect(child.log()).toContain(`HOME=${scope.folder}`);
      expect(child.log()).not.toContain('secret');
    } finally {
      delete process.env['CANARYOP_TEST_SECRET'];
    }
  });

  it('is ready when the probe says so, and is asked again until then', async () => {
    const child = await start('slow', 'sleep 60');
    let asked = 0;
    const probe = (): Promise<string | undefined> => {
      asked += 1;
      if (asked === 1) return Promise.reject(new Error('refused'));
      return Promise.resolve(asked === 2 ? undefined : 'ready');
    };
    await expect(untilReady(child, env, 5000, probe)).resolves.toBe('ready');
    await child.kill();
    expect(child.hasEnded).toBe(true);
  });

  it('fails with the end of its log when it ends, or when its time is up', async () => {
    const never = (): Promise<undefined> => Promise.reject(new Error('connection refused'));
    const broken = await start('broken', 'echo unknown flag >&2; exit 2');
    await expect(untilReady(broken, env, 5000, never)).rejects.toThrow(
      'broken ended before it was ready; the end of its log:\nunknown flag',
    );
    const silent = await start('silent', 'sleep 60');
    await expect(untilReady(silent, env, 100, never)).rejects.toThrow(
      'silent was not ready within 100 ms (connection refused)',
    );
  });

  it('cannot start without its program', async () => {
    await expect(startProcess(scope, { name: 'none', program: '/nowhere/none', args: [] })).rejects.toThrow('ENOENT');
  });
});
