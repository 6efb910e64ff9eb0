import { request } from 'node:https';

import { describe, expect, it } from 'vitest';

import { ConfigMap, controller, Namespace } from '@canaryop/reconcile';
import { isForbidden, isNamespaceTerminating } from '@canaryop/reconcile/client';
import { operatorPermissions } from '@canaryop/reconcile/manager';
import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { compareAccess, recordAccess, rightsOf } from '@canaryop/reconcile/rbac';

import { greeter, Greeting } from '../first-operator.ts';
import { grantAll, rbac } from './grants.ts';
import { present, textOf, type Share, type Sharing } from './share.ts';

const serviceAccounts = resourceKind({ group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' });
const all = ['get', 'list', 'watch', 'create', 'patch', 'delete'] as const;

/** What a process may do, and what it makes of what it may not. */
export function rightsSuite(share: Sharing): void {
  describe('rights', () => {
    it(
      'that are missing are said, and things go on by themselves when they are granted',
      share(async (test) => {
        const { namespace } = test;
        const connection = await test.server.connectionAs('jane');
        const client = test.clientOn(connection);
        await expect(client.create(ConfigMap, test.configMap('a'))).rejects.toSatisfy(isForbidden);
        const { informer } = await test.watch(ConfigMap, { namespace }, { connection });
        expect([informer.hasSynced, informer.problem?.reason]).toEqual([false, 'Forbidden']);
        expect(informer.problem?.message).toContain('cannot watch resource "configmaps"');
        await grant(test, 'jane', 'configmaps');
        await test.until(() => informer.hasSynced && informer.problem === undefined);
        await client.create(ConfigMap, test.configMap('a'));
        await test.until(() => informer.lister.get(test.key('a')) !== undefined);
      }),
    );

    it(
      'of one namespace are enough for a manager of that namespace',
      share(async (test) => {
        const { namespace } = test;
        await grant(test, 'joe', 'configmaps');
        await test.client.create(ConfigMap, { ...test.configMap('b'), metadata: { namespace: 'default', name: 'b' } });
        const connection = await test.server.connectionAs('joe');
        const wire = test.wire(connection);
        const seen: string[] = [];
        const lister = controller('lister')
          .for(ConfigMap)
          .reconcile((key) => {
            seen.push(`${key.namespace}/${key.name}`);
            return Promise.resolve();
          });
        const { manager, stop } = test.run({ connection: wire, namespaces: [namespace] }, lister);
        await test.client.create(ConfigMap, test.configMap('a'));
        await test.until(() => seen.includes(`${namespace}/a`));
        expect(seen.filter((key) => !key.startsWith(`${namespace}/`))).toEqual([]);
        expect(manager.informer(ConfigMap).problem).toBeUndefined();
        await stop();
        const paths = new Set([...wire.reads, ...wire.watches].map(({ pathname }) => pathname));
        expect([...paths]).toEqual([`/api/v1/namespaces/${namespace}/configmaps`]);
      }),
    );

    it(
      'that follow from what a controller declares are enough for it, and the record tells which it never used',
      share(async (test) => {
        const { client, namespace } = test;
        await test.install(Greeting);
        const lease = { namespace, name: 'greeter' };
        const { everywhere, own } = operatorPermissions([greeter], { lease: lease.name });
        const permissions = [...everywhere, ...own];
        await grantAll(test, 'greeter', permissions);
        const connection = await test.server.connectionAs('greeter');
        const recorder = recordAccess(connection.transport);
        const { stop } = test.run(
          {
            connection: { ...connection, transport: recorder.transport },
            namespaces: [namespace],
            leaderElection: { lease },
          },
          greeter,
        );
        const manifest = { apiVersion: 'demo.io/v1', kind: 'Greeting', metadata: test.key('a'), spec: {} };
        await client.create(Greeting, Greeting.withDefaults(manifest));
        const children = await test.watch(ConfigMap, { namespace });
        const text = () => textOf(children.informer.lister.get(test.key('a')));
        await test.until(() => text() === 'hello');
        await test.edit(Greeting, 'a', { spec: { text: 'bye' } });
        await test.until(() => text() === 'bye');
        await stop();
        expect([...recorder.refused]).toEqual([]);
        expect(compareAccess(rightsOf(permissions), recorder.used)).toEqual({
          unused: [
            'create /events',
            'get /configmaps',
            'list /configmaps',
            'list demo.io/greetings',
            'patch /events',
            'update demo.io/greetings/finalizers',
          ],
          missing: [],
        });
      }),
    );

    it(
      'are not what is missing in a namespace that is on its way out',
      share(async (test) => {
        const { client, namespace } = test;
        const holder = test.configMap('holder');
        const finalizers = ['demo.io/hold'];
        const held = await client.create(ConfigMap, { ...holder, metadata: { ...holder.metadata, finalizers } });
        await client.delete(Namespace, present(await client.get(Namespace, { name: namespace })));
        await expect(client.create(ConfigMap, test.configMap('late'))).rejects.toSatisfy(isNamespaceTerminating);
        const left = present(await client.get(ConfigMap, test.key('holder')));
        expect(left.metadata.uid).toBe(held.metadata.uid);
        await client.patch(ConfigMap, left, { metadata: { finalizers: null } });
      }),
    );

    it(
      'decide who may scrape the metrics, which are served over TLS',
      share(async (test) => {
        const { client, server, namespace } = test;
        for (const name of ['prometheus', 'stranger']) {
          await client.create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: test.key(name) });
        }
        await client.create(rbac('ClusterRole', 'clusterroles', false), {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name: 'scrape' },
          rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
        } as KubernetesObject);
        await client.create(rbac('ClusterRoleBinding', 'clusterrolebindings', false), {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name: 'scrape' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'scrape' },
          subjects: [{ kind: 'ServiceAccount', namespace, name: 'prometheus' }],
        } as KubernetesObject);
        const idle = controller('idle')
          .for(ConfigMap)
          .reconcile(() => Promise.resolve());
        const metrics = { address: '127.0.0.1:0', secure: {} };
        const { manager, stop } = test.run({ metrics, namespaces: [namespace] }, idle);
        await test.until(() => manager.ports.metrics !== undefined);
        const scrape = async (token: string | undefined): Promise<number> => scraped(manager.ports.metrics, token);
        expect(await scrape(undefined)).toBe(401);
        expect(await scrape('none')).toBe(401);
        expect(await scrape(await server.tokenOf(namespace, 'stranger'))).toBe(403);
        expect(await scrape(await server.tokenOf(namespace, 'prometheus'))).toBe(200);
        await stop();
      }),
    );
  });
}

/** Lets a user do all with a resource of the core group, here. */
function grant(test: Share, user: string, resource: string): Promise<void> {
  return grantAll(test, user, [{ resource: { group: '', plural: resource }, verbs: all }]);
}

function scraped(port: number | undefined, token: string | undefined): Promise<number> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/metrics', headers, rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
