import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { describe, expect, it, vi } from 'vitest';

import { startControlPlane } from '../../src/control-plane/index.ts';
import { kubectl } from './kubectl.ts';
import { isRunning } from './processes.ts';

const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'];

interface Started {
  readonly pids: Readonly<Record<string, number>>;
  readonly folder: string;
}

async function startInProcess(): Promise<{ child: ReturnType<typeof spawn>; started: Started }> {
  const child = spawn(process.execPath, ['--conditions=source', join(import.meta.dirname, 'start-and-wait.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, started: JSON.parse(line) as Started };
}

describe('a control plane ends', () => {
  it('at stop(), without a process or a file left', async () => {
    const controlPlane = await startControlPlane({ kwok: true });
    const { pids, scope } = controlPlane;
    expect(Object.keys(pids).sort()).toEqual(programs);
    expect(Object.values(pids).every(isRunning)).toBe(true);
    await controlPlane.stop();
    expect(Object.values(pids).filter(isRunning)).toEqual([]);
    expect(existsSync(scope.folder)).toBe(false);
    await controlPlane.stop();
  });

  it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'no signal'] as const)('when its process ends by %s', async (signal) => {
    const { child, started } = await startInProcess();
    expect(Object.keys(started.pids).sort()).toEqual(programs);
    expect(Object.values(started.pids).every(isRunning)).toBe(true);
    if (signal === 'no signal') child.stdin?.end();
    else child.kill(signal);
    await once(child, 'exit');
    await vi.waitUntil(() => !Object.values(started.pids).some(isRunning), { timeout: 10_000 });
    await vi.waitUntil(() => !existsSync(started.folder), { timeout: 10_000 });
  });

  it('when one of its programs does not start, and says which and why', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'lifetime-'));
    vi.stubEnv('TMPDIR', parent);
    try {
      const failure = startControlPlane({ flags: { 'kube-apiserver': ['--no-such-flag'] } });
      await expect(failure).rejects.toThrow(
        /^kube-apiserver ended before it was ready; the end of its log:\n[^]*unknown flag: --no-such-flag/,
      );
      expect(await readdir(parent)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      await rm(parent, { recursive: true });
    }
  });
});

it('runs beside another one, and they know nothing of each other', async () => {
  const [one, other] = await Promise.all([startControlPlane(), startControlPlane()]);
  try {
    const created = await kubectl(one.adminKubeconfig, ['create', 'configmap', 'here']);
    expect(created).toMatchObject({ code: 0, stdout: 'configmap/here created\n' });
    const there = await kubectl(other.adminKubeconfig, ['get', 'configmap', 'here']);
    expect(there).toMatchObject({ code: 1, stderr: expect.stringContaining('configmaps "here" not found') as string });
    const stranger = await kubectl(one.adminKubeconfig, ['--server', other.url, 'get', 'configmaps']);
    expect(stranger.stderr).toContain('certificate signed by unknown authority');
  } finally {
    await Promise.all([one.stop(), other.stop()]);
  }
});
