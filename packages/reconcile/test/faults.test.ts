import { describe, expect, it } from 'vitest';

import { ConfigMap, createManager, type ControllerDefinition } from '@canaryop/reconcile';
import { noCredentials } from '@canaryop/reconcile/client';
import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { policyRules, type Permission } from '@canaryop/reconcile/rbac';
import { recordingLogger, virtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer, type UserInfo } from '@canaryop/simkube';

import { cacheProblem } from '../src/manager/readiness.ts';
import { greeter, Greeting } from './first-operator.ts';
import { present } from './library/share.ts';
import { Wire } from './library/wire.ts';

const tenMinutesMs = 600_000;
const definitions = resourceKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});
const rbac = (kind: string, plural: string) =>
  resourceKind({ group: 'rbac.authorization.k8s.io', version: 'v1', kind, plural, namespaced: false });
const key = { namespace: 'default', name: 'a' };

/** An operator that runs, on a server that may be short of something. */
function operator(definition: ControllerDefinition, from: { readonly isInstalled: boolean; readonly user?: UserInfo }) {
  const { log, lines } = recordingLogger();
  const env = virtualEnv({ log });
  const server = createApiServer({ env, definitions: from.isInstalled ? [Greeting.crd()] : [] });
  const transport = server.transport(from.user ?? adminUser);
  const wire = new Wire({ server: 'https://cluster', transport, credentials: noCredentials });
  const manager = createManager({ env, connection: wire, fieldManager: 'greeter' });
  manager.add(definition);
  const stop = new AbortController();
  let hasEnded = false;
  const run = manager.start(stop.signal).finally(() => {
    hasEnded = true;
  });
  const greet = (): void => {
    const manifest = { apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: key, spec: {} };
    server.loopback.create(Greeting, Greeting.withDefaults(manifest));
  };
  return {
    env,
    server,
    wire,
    greet,
    text: () => server.loopback.get(ConfigMap, key)?.data?.['text'],
    isReady: () => server.loopback.get(Greeting, key)?.status?.conditions?.[0]?.status === 'True',
    notReady: () => cacheProblem(manager.cache.informers(), () => false),
    requests: () => wire.attempts,
    warned: (message: string) => lines.filter((line) => line.level !== 'debug' && line.message === message),
    hasEnded: () => hasEnded,
    end: async () => {
      stop.abort();
      await Promise.all([run, env.time.advance(1000)]);
      await server.close();
    },
  };
}

function grant(server: ReturnType<typeof operator>['server'], name: string, permissions: readonly Permission[]): void {
  server.loopback.create(rbac('ClusterRole', 'clusterroles'), {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules: policyRules(permissions),
  } as KubernetesObject);
  server.loopback.create(rbac('ClusterRoleBinding', 'clusterrolebindings'), {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'operator' }],
  } as KubernetesObject);
}

const behind = 'cache is not being kept up to date';
/** With pauses of 15 to 45 s, and twice as many while they still grow. */
const mostRequests = 60;

describe('for ten minutes, without an end, without a storm, and then by itself again, an operator bears', () => {
  it('that its kind is not installed', async () => {
    const { env, server, greet, isReady, notReady, requests, warned, hasEnded, end } = operator(greeter, {
      isInstalled: false,
    });
    await env.time.advance(tenMinutesMs);
    expect(notReady()).toMatch(/^greetings\.demo\.io: .*404/u);
    expect(warned(behind)[0]?.fields).toMatchObject({ resource: 'greetings.demo.io', reason: 'NotInstalled' });
    expect(requests()).toBeLessThan(mostRequests);
    expect(hasEnded()).toBe(false);
    server.loopback.create(definitions, Greeting.crd());
    await env.time.advance(1000);
    greet();
    await env.time.until(isReady, 60_000);
    expect(notReady()).toBeUndefined();
    await end();
  });

  it('that it may not read its kind', async () => {
    const user = { username: 'operator', groups: ['system:authenticated'] };
    const { env, server, greet, isReady, notReady, requests, warned, hasEnded, end } = operator(greeter, {
      isInstalled: true,
      user,
    });
    grant(server, 'child', [
      { resource: ConfigMap, verbs: ['list', 'watch', 'get', 'create', 'patch'] },
      { resource: Greeting, subresource: 'status', verbs: ['patch'] },
      { resource: Greeting, subresource: 'finalizers', verbs: ['update'] },
    ]);
    greet();
    await env.time.advance(tenMinutesMs);
    expect(notReady()).toContain('greetings.demo.io: ');
    expect(warned(behind)[0]?.fields).toMatchObject({ resource: 'greetings.demo.io', reason: 'Forbidden' });
    expect(requests()).toBeLessThan(mostRequests);
    expect(hasEnded()).toBe(false);
    grant(server, 'kind', [{ resource: Greeting, verbs: ['list', 'watch'] }]);
    await env.time.until(isReady, 60_000);
    expect(notReady()).toBeUndefined();
    await end();
  });

  it('that it may not write what it owns', async () => {
    const user = { username: 'operator', groups: ['system:authenticated'] };
    const { env, server, wire, greet, isReady, warned, hasEnded, end } = operator(greeter, { isInstalled: true, user });
    grant(server, 'reader', [
      { resource: ConfigMap, verbs: ['list', 'watch'] },
      { resource: Greeting, verbs: ['list', 'watch'] },
      { resource: Greeting, subresource: 'status', verbs: ['patch'] },
      { resource: Greeting, subresource: 'finalizers', verbs: ['update'] },
    ]);
    greet();
    await env.time.advance(tenMinutesMs);
    const failures = warned('reconcile failed; it is retried');
    expect(String(failures[0]?.fields['error'])).toContain('configmaps');
    expect(wire.writes.length).toBeLessThan(25);
    expect(hasEnded()).toBe(false);
    grant(server, 'writer', [{ resource: ConfigMap, verbs: ['get', 'create', 'patch'] }]);
    await env.time.until(isReady, 1_200_000);
    await end();
  });

  it('that the API server is away', async () => {
    const { env, server, wire, greet, text, isReady, notReady, requests, warned, hasEnded, end } = operator(greeter, {
      isInstalled: true,
    });
    greet();
    await env.time.until(isReady);
    const before = requests();
    wire.cut();
    const live = present(server.loopback.get(Greeting, key));
    server.loopback.update(Greeting, { ...live, spec: { text: 'bye' } });
    await env.time.advance(tenMinutesMs);
    expect(notReady()).toContain('greetings.demo.io: ');
    expect(warned(behind).map(({ fields }) => fields['reason'])).toContain('Unreachable');
    expect(requests() - before).toBeLessThan(2 * mostRequests);
    expect([hasEnded(), text()]).toEqual([false, 'hello']);
    wire.mend();
    await env.time.until(() => text() === 'bye' && notReady() === undefined, 60_000);
    await end();
  });
});
