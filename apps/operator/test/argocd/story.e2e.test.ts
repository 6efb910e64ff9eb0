import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { repositoryPath, startArgoCdWorld, type ArgoCdWorld } from './argocd-world.ts';
import {
  exampleApplication,
  exampleCanaryApp,
  exampleFile,
  exampleText,
  quickExample,
  repositoryFile,
} from './example.ts';
import type { Application, HealthStatus } from './kinds.ts';

const image = (tag: string): string => `atzedevries/go-status-code-server:${tag}`;

let world: ArgoCdWorld;

beforeAll(async () => {
  world = await startArgoCdWorld({ healthCheck: false });
  // As the README says it, on an Argo CD that runs already.
  const patch = repositoryPath('config/argocd/argocd_cm_patch.yaml');
  await world.kubectl(['-n', 'argocd', 'patch', 'configmap', 'argocd-cm', `--patch-file=${patch}`]);
});

afterAll(async () => {
  await world.stop();
});

/** Commits the example with this text, and resolves when Argo CD finds the Application in this health. */
async function release(
  text: string,
  health: HealthStatus,
): Promise<{ revision: string; states: readonly Application[] }> {
  const { git, applications, refresh } = world;
  const before = applications.states(exampleApplication).length;
  const revision = await git.commit('release', { [exampleFile]: text });
  await refresh(exampleApplication.name);
  await applications.until(
    exampleApplication,
    `${health} at ${revision}`,
    ({ status }) =>
      status?.sync?.revision === revision && status.sync.status === 'Synced' && status.health?.status === health,
  );
  return { revision, states: applications.states(exampleApplication).slice(before) };
}

/** How an Application went, without repetitions: `OutOfSync Healthy`, `Synced Progressing`... of one revision. */
function course(states: readonly Application[], revision: string): readonly string[] {
  const words = states
    .filter(({ status }) => status?.sync?.revision === revision)
    .map(({ status }) => `${status?.sync?.status ?? ''} ${status?.health?.status ?? ''}`);
  return words.filter((word, index) => word !== words[index - 1]);
}

describe('examples/argocd-app, as it is but for the address of the repository', () => {
  it('releases what is committed, and shows how it goes', async () => {
    const { git, kubectl, applications, canaryApps } = world;
    const first = await git.commit('the example', { [exampleFile]: await repositoryFile(exampleFile) });
    const texts = await exampleText(git.url);
    await kubectl(['apply', '-f', '-'], Object.values(texts).join('\n---\n'));
    await applications.until(
      exampleApplication,
      'synced and healthy',
      ({ status }) =>
        status?.sync?.revision === first && status.sync.status === 'Synced' && status.health?.status === 'Healthy',
    );
    expect(course(applications.states(exampleApplication), first)).toEqual([
      'OutOfSync Missing',
      'Synced Progressing',
      'Synced Healthy',
    ]);
    expect(canaryApps.get(exampleCanaryApp).status?.releasedImage).toBe(image('v1'));

    const good = await release(await quickExample({ image: image('v2') }), 'Healthy');
    expect(course(good.states, good.revision)).toEqual(['OutOfSync Healthy', 'Synced Progressing', 'Synced Healthy']);
    expect(canaryApps.get(exampleCanaryApp).status?.releasedImage).toBe(image('v2'));

    const bad = await release(await quickExample({ image: image('v3-broken') }), 'Degraded');
    expect(course(bad.states, bad.revision)).toEqual(['OutOfSync Healthy', 'Synced Progressing', 'Synced Degraded']);
    const { status } = canaryApps.get(exampleCanaryApp);
    expect(status).toMatchObject({ lastFailedTag: image('v3-broken'), releasedImage: image('v2'), trafficShift: 0 });
    const [resource] = applications.get(exampleApplication).status?.resources ?? [];
    expect(resource?.health?.message).toContain(`RevisionRefused: ${image('v3-broken')} failed (CheckFailed:`);

    const back = await release(await quickExample({ image: image('v2') }), 'Healthy');
    expect(course(back.states, back.revision).at(-1)).toBe('Synced Healthy');
  });
});
