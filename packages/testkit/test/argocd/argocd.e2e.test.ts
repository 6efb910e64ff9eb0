import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { gitRepository, startArgoCd } from '../../src/argocd/index.ts';
import { startControlPlane } from '../../src/control-plane/index.ts';
import { kubectl } from '../e2e/kubectl.ts';
import { isRunning } from '../e2e/processes.ts';

const namespace = 'argocd';

/** An Application of a repository's folder `app`, and a project that allows it everything. */
function application(repository: string): string {
  const destination = { server: 'https://kubernetes.default.svc', namespace: 'default' };
  const project = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'all', namespace },
    spec: { sourceRepos: [repository], destinations: [destination] },
  };
  const app = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'app', namespace },
    spec: {
      project: 'all',
      source: { repoURL: repository, targetRevision: 'HEAD', path: 'app' },
      destination,
      syncPolicy: { automated: {} },
    },
  };
  return [project, app].map((object) => JSON.stringify(object)).join('\n');
}

describe('Argo CD on a control plane', () => {
  it('syncs a git repository of this machine, asks as itself, and ends without a process left', async () => {
    const controlPlane = await startControlPlane({ controllerManager: false });
    try {
      const argoCd = await startArgoCd(controlPlane);
      expect(Object.keys(argoCd.pids).sort()).toEqual([
        'argocd-application-controller',
        'argocd-repo-server',
        'redis-server',
      ]);
      const git = await gitRepository(controlPlane.scope.folder);
      const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'synced' }, data: { from: 'git' } };
      await git.commit('add it', { 'app/settings.yaml': JSON.stringify(settings) });
      const admin = controlPlane.adminKubeconfig;
      expect(await kubectl(admin, ['apply', '-f', '-'], application(git.url))).toMatchObject({ code: 0, stderr: '' });
      const read = ['get', 'configmap', 'synced', '--output=jsonpath={.data.from}'];
      await vi.waitUntil(async () => (await kubectl(admin, read)).stdout === 'git', { timeout: 30_000, interval: 200 });
      const created = (await controlPlane.auditEvents()).filter(
        ({ verb, objectRef }) => verb !== 'get' && objectRef?.name === 'synced',
      );
      expect(new Set(created.map(({ user }) => user.username))).toEqual(new Set([argoCd.user]));
      await argoCd.stop();
      expect(Object.values(argoCd.pids).filter(isRunning)).toEqual([]);
      await argoCd.stop();
    } finally {
      await controlPlane.stop();
    }
    expect(existsSync(controlPlane.scope.folder)).toBe(false);
  });

  it('says what to install where there is no redis', async () => {
    const controlPlane = await startControlPlane({ controllerManager: false });
    const path = await mkdtemp(join(tmpdir(), 'without-redis-'));
    try {
      const found = spawnSync('sh', ['-c', 'command -v go'], { encoding: 'utf8' }).stdout.trim();
      await symlink(found, join(path, 'go'));
      vi.stubEnv('PATH', path);
      await expect(startArgoCd(controlPlane)).rejects.toThrow(
        'there is no redis-server on the PATH, which Argo CD needs; install redis',
      );
    } finally {
      vi.unstubAllEnvs();
      await controlPlane.stop();
      await rm(path, { recursive: true });
    }
  });
});

it('commits in order, whoever asks at the same time, and removes files', async () => {
  const git = await gitRepository();
  try {
    const revisions = await Promise.all([
      git.commit('one', { 'a/one': '1\n' }),
      git.commit('two', { 'a/two': '2\n', 'b/two': '2\n' }),
      git.commit('three', { 'a/one': undefined }),
    ]);
    expect(git.revisions).toEqual(revisions);
    const folder = git.url.slice('file://'.length);
    const { stdout } = spawnSync('git', ['ls-tree', '-r', '--name-only', 'HEAD'], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toBe('a/two\nb/two\n');
    await expect(git.commit('nothing', {})).rejects.toThrow('nothing to commit as "nothing"');
    expect(git.revisions).toHaveLength(3);
  } finally {
    await git.remove();
  }
  expect(existsSync(git.url.slice('file://'.length))).toBe(false);
});
