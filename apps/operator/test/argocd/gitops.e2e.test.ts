import { sleep } from '@canaryop/reconcile/env';
import { compareResourceVersions, type KubernetesObject } from '@canaryop/reconcile/object';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { commandAnnotation } from '../../src/api/v1/names.ts';
import { Reason } from '../../src/api/v1/reasons.ts';
import { startArgoCdWorld, type ArgoCdWorld } from './argocd-world.ts';
import { markAudit, type AuditedWrite } from './audited-writes.ts';
import { applicationManifest, canaryAppManifest, installProject, type ApplicationOptions } from './example.ts';
import type { Application, HealthStatus } from './kinds.ts';

let world: ArgoCdWorld;

beforeAll(async () => {
  world = await startArgoCdWorld();
  await installProject(world);
});

afterAll(async () => {
  await world.stop();
});

const enforcing = { prune: true, selfHeal: true };
const image = (tag: string): string => `example/server:${tag}`;
const atRest = ({ metadata, status }: CanaryApp): boolean =>
  status?.observedGeneration === metadata.generation &&
  status?.conditions?.some(({ type }) => type === 'Reconciling') === false;
/** Released, and nothing left to say: `Installed` is followed by `Released`. */
const releasedTo =
  (tag: string) =>
  (app: CanaryApp): boolean =>
    atRest(app) &&
    app.status?.releasedImage === image(tag) &&
    app.status.conditions?.find(({ type }) => type === 'Ready')?.reason === Reason.Released;

/** An Application of its own for each test, whose folder has CanaryApps of these names at v1. Resolves when all is well. */
async function deploy(options: ApplicationOptions, apps: readonly string[] = [options.name]): Promise<Deployed> {
  const { git, kubectl, applications, canaryApps, refresh } = world;
  const { name } = options;
  const key = { namespace: 'argocd', name };
  const commit = async (app: string, changes: object | undefined): Promise<void> => {
    const text = changes === undefined ? undefined : canaryAppManifest(app, changes);
    const revision = await git.commit(`change ${app}`, { [`${name}/${app}.yaml`]: text });
    await refresh(name);
    // Commits of other tests may have followed.
    const follows = (seen = ''): boolean => git.revisions.indexOf(seen) >= git.revisions.indexOf(revision);
    await applications.until(
      key,
      `synced to ${revision}`,
      ({ status }) => status?.sync?.status === 'Synced' && follows(status.sync.revision),
    );
  };
  await git.commit(
    `add ${name}`,
    Object.fromEntries(apps.map((app) => [`${name}/${app}.yaml`, canaryAppManifest(app)])),
  );
  await kubectl(['apply', '-f', '-'], applicationManifest(git.url, options));
  for (const app of apps) await canaryApps.until(inDefault(app), 'released to v1', releasedTo('v1'));
  await applications.until(key, 'synced and healthy', isWell);
  return { key, commit };
}

interface Deployed {
  readonly key: { readonly namespace: string; readonly name: string };
  /** Commits a changed manifest (removed: undefined) and resolves when Argo CD has synced it. */
  readonly commit: (app: string, changes: object | undefined) => Promise<void>;
}

function inDefault(name: string): { readonly namespace: string; readonly name: string } {
  return { namespace: 'default', name };
}

function isWell({ status }: Application): boolean {
  return status?.sync?.status === 'Synced' && status.health?.status === 'Healthy';
}

function by(who: AuditedWrite['by'], writes: readonly AuditedWrite[]): readonly string[] {
  return writes.filter((write) => write.by === who).map(({ what }) => what);
}

const ownedKinds =
  'deployments,replicasets,pods,services,virtualservices,destinationrules,gateways.networking.istio.io';

/** By either way in which Argo CD marks what it deploys. */
const isMarked = ({ metadata: { annotations, labels } }: KubernetesObject): boolean =>
  Object.keys({ ...annotations, ...labels }).some((name) =>
    /^argocd\.argoproj\.io\/|^app\.kubernetes\.io\/instance$/.test(name),
  );

const isStatus = (what: string): boolean => what.endsWith('/status');

describe.concurrent('Argo CD that prunes and heals, beside the operator', () => {
  it.each<ApplicationOptions & { readonly tag?: string; readonly health?: HealthStatus }>([
    { name: 'quiet' },
    { name: 'quiet-server-side', syncOptions: ['ServerSideApply=true'] },
    { name: 'quiet-server-diff', annotations: { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' } },
    { name: 'quiet-rolled-back', tag: 'v2-broken', health: 'Degraded' },
  ])(
    'writes nothing at rest, and neither does the operator: $name',
    async ({ tag, health = 'Healthy', ...options }) => {
      const { name } = options;
      const { key, commit } = await deploy({ ...options, automated: enforcing });
      const isAsExpected = ({ status }: Application): boolean =>
        status?.sync?.status === 'Synced' && status.health?.status === health;
      if (tag !== undefined) await commit(name, { image: image(tag) });
      await world.applications.until(key, `synced and ${health}`, isAsExpected);
      const mark = await markAudit(world);
      const before = world.applications.states(key).length;
      await sleep(world.env.timers, 60_000);
      expect(await mark.since(name)).toEqual([]);
      // It looked in between, and found nothing to do.
      const states = world.applications.states(key).slice(before);
      expect(new Set(states.map(({ status }) => status?.reconciledAt)).size).toBeGreaterThan(1);
      expect(states.filter((state) => !isAsExpected(state))).toEqual([]);
    },
  );

  it('writes the commit once in a release, and never what the operator writes', async () => {
    const name = 'rollout';
    const { commit } = await deploy({ name, automated: enforcing });
    const mark = await markAudit(world);
    await commit(name, { image: image('v2') });
    await world.canaryApps.until(inDefault(name), 'released to v2', releasedTo('v2'));
    const writes = await mark.since(name);
    expect(by('argocd', writes)).toEqual([`patch canaryapps/${name}`]);
    expect(by('operator', writes).filter((what) => !isStatus(what))).toEqual([
      `create deployments/${name}-secondary`,
      `patch virtualservices/${name}`,
      `patch virtualservices/${name}`,
      `patch deployments/${name}-primary`,
      `patch virtualservices/${name}`,
      `delete deployments/${name}-secondary`,
    ]);
    const statuses = by('operator', writes).filter(isStatus);
    expect(new Set(statuses)).toEqual(new Set([`patch canaryapps/${name}/status`]));
    // One for what is recorded before it is done or read back after it, none for waiting.
    expect(statuses.length).toBeLessThanOrEqual(8);
  });

  it('shows what a CanaryApp owns, and neither compares nor marks it', async () => {
    const name = 'owner';
    const { key } = await deploy({ name, automated: enforcing });
    const compared = world.applications.get(key).status?.resources ?? [];
    expect(compared.map((resource) => `${resource.kind}/${resource.name}`)).toEqual([`CanaryApp/${name}`]);
    const text = await world.kubectl(['get', `canaryapps,${ownedKinds}`, '--output=json']);
    const { items } = JSON.parse(text) as { readonly items: readonly KubernetesObject[] };
    const own = items.filter(({ metadata }) => metadata.name.startsWith(name));
    expect(own.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'Pod', 'VirtualService']));
    expect(own.filter(isMarked).map(({ kind }) => kind)).toEqual(['CanaryApp']);
  });

  it('puts an image back that was patched by hand, once, and nothing is left of its release', async () => {
    const name = 'by-hand';
    const { key } = await deploy({ name, automated: enforcing });
    const mark = await markAudit(world);
    const patch = JSON.stringify({ spec: { image: image('v9') } });
    await world.kubectl(['patch', 'canaryapp', name, '--type=merge', `--patch=${patch}`]);
    const app = await world.canaryApps.until(
      inDefault(name),
      'back at v1',
      (seen) => (seen.metadata.generation ?? 0) > 2 && releasedTo('v1')(seen),
    );
    await world.applications.until(key, 'synced and healthy', isWell);
    expect(app.status?.failedRevisions ?? []).toEqual([]);
    expect(await world.kubectl(['get', 'deployments', `--selector=app=${name}`, '--output=name'])).toBe(
      `deployment.apps/${name}-primary`,
    );
    expect(by('argocd', await mark.since(name))).toEqual([`patch canaryapps/${name}`]);
  });

  it('shows a release as suspended for as long as somebody has paused it', async () => {
    const name = 'paused';
    const { key, commit } = await deploy({ name, automated: enforcing });
    const has = (health: HealthStatus) => (application: Application) => application.status?.health?.status === health;
    const ask = (command: string): Promise<string> =>
      world.kubectl(['annotate', '--overwrite', 'canaryapp', name, `${commandAnnotation}=${command}`]);
    await ask('pause@next#1');
    await commit(name, { image: image('v2') });
    await world.applications.until(key, 'suspended', has('Suspended'));
    await ask('resume@next#2');
    await world.canaryApps.until(inDefault(name), 'released to v2', releasedTo('v2'));
    await world.applications.until(key, 'synced and healthy', isWell);
  });

  it('leaves an annotation alone by which somebody asks for another try', async () => {
    const name = 'retried';
    const { key, commit } = await deploy({ name, automated: enforcing });
    const isDegraded = ({ status }: Application): boolean => status?.health?.status === 'Degraded';
    await commit(name, { image: image('v2-broken') });
    await world.applications.until(key, 'degraded', isDegraded);
    const mark = await markAudit(world);
    await world.kubectl(['annotate', 'canaryapp', name, `${commandAnnotation}=retry@next#again`]);
    await world.applications.until(key, 'progressing', ({ status }) => status?.health?.status === 'Progressing');
    await world.applications.until(key, 'degraded again', isDegraded);
    await world.refresh(name);
    const app = await world.canaryApps.until(inDefault(name), 'failed again', atRest);
    expect(app.status?.lastCommand).toBe('again');
    expect(app.metadata.annotations?.[commandAnnotation]).toBe('retry@next#again');
    expect(by('argocd', await mark.since(name))).toEqual([]);
    expect(world.applications.get(key).status?.sync?.status).toBe('Synced');
  });

  it('deletes a CanaryApp that is gone from git, with all that it owns, and no other', async () => {
    const [stays, goes] = ['stays', 'goes'];
    const { key, commit } = await deploy({ name: 'pruned', automated: enforcing }, [stays, goes]);
    const mark = await markAudit(world);
    await commit(goes, undefined);
    await world.canaryApps.untilGone(inDefault(goes));
    await world.kubectl(['wait', '--for=delete', '--timeout=60s', ownedKinds, `--selector=app=${goes}`]);
    const left = await world.kubectl(['get', ownedKinds, '--output=name', '--ignore-not-found']);
    expect(left.split('\n').filter((line) => line.includes(`/${goes}`))).toEqual([]);
    expect(left.split('\n').filter((line) => line.includes(`/${stays}`)).length).toBeGreaterThan(5);
    await world.applications.until(key, 'synced and healthy', isWell);
    const writes = await mark.since(goes);
    expect(by('argocd', writes)).toEqual([`delete canaryapps/${goes}`]);
    expect(by('operator', writes)).toEqual([]);
    expect(await mark.since(stays)).toEqual([]);
  });

  it('waits with a later sync wave until the release in an earlier one is over', async () => {
    const { git, canaryApps, refresh } = world;
    const [first, second] = ['wave-first', 'wave-second'];
    await deploy({ name: 'waves', automated: enforcing }, [first]);
    const later = `metadata:\n  annotations:\n    argocd.argoproj.io/sync-wave: "1"\n`;
    await git.commit('two waves', {
      [`waves/${first}.yaml`]: canaryAppManifest(first, { image: image('v2') }),
      [`waves/${second}.yaml`]: canaryAppManifest(second).replace('metadata:\n', later),
    });
    await refresh('waves');
    const { metadata } = await canaryApps.until(inDefault(second), 'there', () => true);
    const released = canaryApps.states(inDefault(first)).find(releasedTo('v2'));
    // Versions of one kind are in the order in which they were written.
    expect(compareResourceVersions(metadata.resourceVersion, released?.metadata.resourceVersion)).toBe(1);
  });

  it('does not take the last CanaryApp of an Application for one that should go', async () => {
    const name = 'last';
    const { key } = await deploy({ name, automated: enforcing });
    await world.git.commit(`remove ${name}`, {
      [`${name}/${name}.yaml`]: undefined,
      [`${name}/README.md`]: 'nothing\n',
    });
    await world.refresh(name);
    const { status } = await world.applications.until(
      key,
      'refusing to sync',
      ({ status: now }) => now?.conditions?.some(({ type }) => type === 'SyncError') === true,
    );
    expect(status?.conditions?.map(({ message }) => message).join('\n')).toContain(
      'auto-sync will wipe out all resources',
    );
    expect(world.canaryApps.get(inDefault(name)).metadata.deletionTimestamp).toBeUndefined();
  });

  it('refuses an Application of the project that targets another namespace', async () => {
    const name = 'elsewhere';
    const { git, kubectl, applications } = world;
    await kubectl(['create', 'namespace', name]);
    await git.commit(`add ${name}`, { [`${name}/app.yaml`]: canaryAppManifest(name) });
    await kubectl(['apply', '-f', '-'], applicationManifest(git.url, { name, namespace: name, automated: enforcing }));
    const { status } = await applications.until(
      { namespace: 'argocd', name },
      'refused',
      ({ status: now }) => now?.conditions?.some(({ type }) => type === 'InvalidSpecError') === true,
    );
    expect(status?.conditions?.map(({ message }) => message).join('\n')).toContain(
      `do not match any of the allowed destinations in project 'canary-app-demo'`,
    );
    expect(status?.operationState).toBeUndefined();
    expect(await kubectl(['-n', name, 'get', 'canaryapps', '--output=name'])).toBe('');
  });

  it('refuses other kinds than CanaryApps', async () => {
    const name = 'other-kinds';
    const { git, kubectl, applications } = world;
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { key: 'value' } };
    await git.commit(`add ${name}`, { [`${name}/secret.yaml`]: JSON.stringify(secret) });
    await kubectl(['apply', '-f', '-'], applicationManifest(git.url, { name, automated: enforcing }));
    const { status } = await applications.until(
      { namespace: 'argocd', name },
      'refused',
      ({ status: now }) => now?.operationState?.syncResult?.resources?.[0]?.status === 'SyncFailed',
    );
    expect(status?.operationState?.syncResult?.resources?.map(({ message }) => message)).toEqual([
      'resource :Secret is not permitted in project canary-app-demo',
    ]);
    expect(await kubectl(['get', 'secret', name, '--output=name', '--ignore-not-found'])).toBe('');
  });
});
