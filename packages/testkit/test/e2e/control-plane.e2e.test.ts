import { createClient } from '@canaryop/reconcile/client';
import { parseTime, processEnv } from '@canaryop/reconcile/env';
import { ConfigMap, Deployment, type Pod } from '@canaryop/reconcile/kinds';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { startControlPlane, type ControlPlane } from '../../src/control-plane/index.ts';
import { kubectl } from './kubectl.ts';

const env = processEnv();
const stopDelayMs = 1500;
let controlPlane: ControlPlane;

beforeAll(async () => {
  controlPlane = await startControlPlane({
    kwok: {
      stopDelayMs,
      rules: [
        { image: ':never-ready$', outcome: 'never-ready' },
        { image: ':crash$', outcome: 'crash-loop' },
        { image: '^missing', outcome: 'image-pull-error' },
      ],
    },
    enableAdmissionPlugins: ['OwnerReferencesPermissionEnforcement'],
  });
});

afterAll(async () => {
  await controlPlane.stop();
});

/** kubectl as the administrator; has to succeed. */
async function admin(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl(controlPlane.adminKubeconfig, args);
  expect(stderr.replaceAll(/^warning.*\n/gim, '')).toBe('');
  expect(code).toBe(0);
  return stdout;
}

async function newNamespace(name: string): Promise<string> {
  await admin('create', 'namespace', name);
  return name;
}

async function podsOf(namespace: string): Promise<readonly Pod[]> {
  return (JSON.parse(await admin('get', 'pods', '-n', namespace, '-o', 'json')) as { items: readonly Pod[] }).items;
}

const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

describe('kubectl', () => {
  it('works with the kubeconfig, and reads the version that was built', async () => {
    const version = JSON.parse(await admin('version', '-o', 'json')) as { serverVersion: { gitVersion: string } };
    expect(version.serverVersion.gitVersion).toMatch(/^v1\.36\.\d+$/);
    expect(await admin('get', '--raw', '/readyz')).toBe('ok');
  });
});

describe('the world', () => {
  it('gives a Deployment pods on a node, ready, with addresses of their own', async () => {
    const namespace = await newNamespace('deployment');
    await admin('create', 'deployment', 'web', '-n', namespace, '--image=nginx', '--replicas=3');
    await admin('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=30s');
    const pods = await podsOf(namespace);
    expect(pods.map(isReady)).toEqual([true, true, true]);
    expect(new Set(pods.map(({ status }) => status?.podIP)).size).toBe(3);
    expect(pods.every(({ spec }) => spec?.nodeName === 'node-0')).toBe(true);
  });

  it('collects what a deleted owner leaves, and empties deleted namespaces', async () => {
    const namespace = await newNamespace('garbage');
    await admin('create', 'deployment', 'web', '-n', namespace, '--image=nginx');
    await admin('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=30s');
    await admin('delete', 'deployment', 'web', '-n', namespace);
    await vi.waitUntil(async () => (await podsOf(namespace)).length === 0, { timeout: 30_000, interval: 200 });
    await admin('create', 'configmap', 'left', '-n', namespace);
    await admin('delete', 'namespace', namespace, '--timeout=60s');
  });

  it('lets pods fail by their image, and keeps them so', async () => {
    const namespace = await newNamespace('failures');
    const images = ['app:never-ready', 'app:crash', 'missing/app:v1'];
    for (const [index, image] of images.entries()) {
      await admin('run', `pod-${index}`, '-n', namespace, `--image=${image}`);
    }
    await admin('run', 'fine', '-n', namespace, '--image=app:v1');
    await admin('wait', 'pod/fine', '-n', namespace, '--for=condition=Ready', '--timeout=30s');
    const container = (pod: Pod | undefined) => pod?.status?.containerStatuses?.[0];
    const failed = await vi.waitUntil(
      async () => {
        const pods = (await podsOf(namespace)).filter(({ metadata }) => metadata.name !== 'fine');
        return pods.every((pod) => container(pod) !== undefined) ? pods : undefined;
      },
      { timeout: 30_000, interval: 200 },
    );
    expect(failed.map(isReady)).toEqual([false, false, false]);
    expect(container(failed[0])?.state?.running).toBeDefined();
    expect(container(failed[1])).toMatchObject({
      restartCount: 3,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1 } },
    });
    expect(failed[2]?.status?.phase).toBe('Pending');
    expect(container(failed[2])?.state?.waiting).toEqual({
      reason: 'ImagePullBackOff',
      message: 'Back-off pulling image "missing/app:v1"',
    });
    // A pod that comes and becomes ready after them has been through every stage that they could go through.
    await admin('run', 'later', '-n', namespace, '--image=app:v1');
    await admin('wait', 'pod/later', '-n', namespace, '--for=condition=Ready', '--timeout=30s');
    const later = (await podsOf(namespace)).filter(({ metadata }) => metadata.name.startsWith('pod-'));
    expect(later.map(({ metadata }) => metadata.resourceVersion)).toEqual(
      failed.map(({ metadata }) => metadata.resourceVersion),
    );
  });

  it('makes a pod wait for its readiness as long as its annotation says', async () => {
    const namespace = await newNamespace('delays');
    await admin('run', 'slow', '-n', namespace, '--image=app', '--annotations=pod-ready.stage.kwok.x-k8s.io/delay=3s');
    await admin('wait', 'pod/slow', '-n', namespace, '--for=condition=Ready', '--timeout=30s');
    const [pod] = await podsOf(namespace);
    const ready = pod?.status?.conditions?.find(({ type }) => type === 'Ready');
    const waitedMs = Number(parseTime(ready?.lastTransitionTime)) - Number(parseTime(pod?.metadata.creationTimestamp));
    // Both are whole seconds.
    expect(waitedMs).toBeGreaterThanOrEqual(2000);
  });
});

describe('a deleted pod', () => {
  it('is there for as long as it takes to stop', async () => {
    const namespace = await newNamespace('stops');
    await admin('run', 'stopping', '-n', namespace, '--image=app');
    await admin('wait', 'pod/stopping', '-n', namespace, '--for=condition=Ready', '--timeout=30s');
    const startedMs = env.clock.monotonic();
    await admin('delete', 'pod', 'stopping', '-n', namespace, '--wait=false');
    const [pod] = await podsOf(namespace);
    expect(pod?.metadata.deletionTimestamp).toBeDefined();
    await vi.waitUntil(async () => (await podsOf(namespace)).length === 0, { timeout: 20_000, interval: 100 });
    expect(env.clock.monotonic() - startedMs).toBeGreaterThanOrEqual(stopDelayMs);
  });
});

describe('identities', () => {
  it('are refused what RBAC gives nobody, and granted what a binding gives their group', async () => {
    const namespace = await newNamespace('rbac');
    const jane = await controlPlane.kubeconfigFor('jane', ['developers']);
    const refused = await kubectl(jane, ['get', 'configmaps', '-n', namespace]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('User "jane" cannot list resource "configmaps"');
    await admin('create', 'rolebinding', 'viewers', '-n', namespace, '--clusterrole=view', '--group=developers');
    await vi.waitUntil(async () => (await kubectl(jane, ['get', 'configmaps', '-n', namespace])).code === 0);
    const written = await kubectl(jane, ['create', 'configmap', 'mine', '-n', namespace]);
    expect(written.stderr).toContain('User "jane" cannot create resource "configmaps"');
  });

  it('may be a service account, by a token', async () => {
    const namespace = await newNamespace('accounts');
    await admin('create', 'serviceaccount', 'robot', '-n', namespace);
    const kubeconfig = await controlPlane.serviceAccountKubeconfig(namespace, 'robot');
    const who = await kubectl(kubeconfig, ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']);
    expect(who).toEqual({ code: 0, stdout: 'system:serviceaccount:accounts:robot', stderr: '' });
    await expect(controlPlane.serviceAccountToken(namespace, 'nobody')).rejects.toThrow(
      'serviceaccounts "nobody" not found',
    );
  });

  it('write through the client of packages/reconcile, and admission plug-ins that were asked for look at it', async () => {
    const namespace = await newNamespace('client');
    await admin('create', 'rolebinding', 'editors', '-n', namespace, '--clusterrole=edit', '--user=john');
    await admin('create', 'deployment', 'owner', '-n', namespace, '--image=app');
    const connection = await controlPlane.connectionFor('john');
    const john = createClient({ env, connection, fieldManager: 'john' });
    const owner = await vi.waitUntil(() => john.get(Deployment, { namespace, name: 'owner' }).catch(() => undefined));
    const owned = (uid: string, blockOwnerDeletion: boolean): ConfigMap => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'owned',
        namespace,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'owner', uid, blockOwnerDeletion }],
      },
    });
    const uid = String(owner.metadata.uid);
    await expect(john.create(ConfigMap, owned(uid, true))).rejects.toThrow(
      'cannot set blockOwnerDeletion if an ownerReference refers to a resource you can',
    );
    await expect(john.create(ConfigMap, owned(uid, false))).resolves.toMatchObject({
      metadata: { ownerReferences: [{ uid }] },
    });
  });
});

describe('the audit log', () => {
  it('has each request once, with who, what, the body and the answer', async () => {
    const namespace = await newNamespace('audit');
    const created = createClient({ env, connection: controlPlane.connection, fieldManager: 'auditor' });
    await created.create(ConfigMap, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'noted', namespace },
      data: { colour: 'green' },
    });
    const spy = await controlPlane.kubeconfigFor('spy');
    await kubectl(spy, ['get', 'secrets', '-n', namespace]);
    const events = (await controlPlane.auditEvents()).filter(({ objectRef }) => objectRef?.namespace === namespace);
    const creates = events.filter(({ verb, objectRef }) => verb === 'create' && objectRef?.name === 'noted');
    expect(creates).toHaveLength(1);
    expect(creates[0]).toMatchObject({
      level: 'Request',
      stage: 'ResponseComplete',
      user: { username: 'admin' },
      userAgent: 'auditor',
      objectRef: { resource: 'configmaps', apiVersion: 'v1' },
      responseStatus: { code: 201 },
      requestObject: { data: { colour: 'green' } },
    });
    expect(creates[0]).not.toHaveProperty('responseObject');
    const refused = events.filter(({ user }) => user.username === 'spy');
    expect(refused).toMatchObject([
      {
        verb: 'list',
        objectRef: { resource: 'secrets' },
        responseStatus: { code: 403, reason: 'Forbidden' },
        annotations: { 'authorization.k8s.io/decision': 'forbid' },
      },
    ]);
  });

  it('shows each controller under its own service account', async () => {
    const users = new Set((await controlPlane.auditEvents()).map(({ user }) => user.username));
    expect(users).toContain('system:serviceaccount:kube-system:namespace-controller');
  });
});
