import { existsSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { createClient, isForbidden, kubeConfigConnection } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';
import { ConfigMap } from '@canaryop/reconcile/kinds';
import { resourceKind } from '@canaryop/reconcile/object';

import type { TestCluster } from '../../src/test-cluster.ts';

const serviceAccounts = resourceKind({ group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' });
const env = processEnv();
const fieldManager = 'tester';
const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'default', name },
  data: {},
});

/** What a test can count on, whichever cluster it has. */
export function clusterSuite(title: string, start: () => Promise<TestCluster>): void {
  describe(`a cluster for a test, ${title}`, () => {
    it('is reached by its connection, by kubeconfig and by token, and leaves nothing behind', async () => {
      const cluster = await start();
      const client = createClient({ env, connection: cluster.connection, fieldManager });
      await client.create(ConfigMap, configMap('a'));
      await client.create(serviceAccounts, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { namespace: 'default', name: 'robot' },
      });
      const paths = [
        cluster.adminKubeconfig,
        await cluster.kubeconfigFor('jane', ['system:masters']),
        await cluster.serviceAccountKubeconfig('default', 'robot'),
      ];
      const [asAdmin, asJane, asRobot] = await Promise.all(
        paths.map(async (path) => (await kubeConfigConnection(env, { path })).connection),
      );
      for (const connection of [asAdmin, asJane]) {
        if (connection === undefined) throw new Error('there is no connection');
        const other = createClient({ env, connection, fieldManager });
        expect(await other.get(ConfigMap, { namespace: 'default', name: 'a' })).toBeDefined();
        await connection.transport.close();
      }
      if (asRobot === undefined) throw new Error('there is no connection');
      const robot = createClient({ env, connection: asRobot, fieldManager });
      await expect(robot.create(ConfigMap, configMap('b'))).rejects.toSatisfy(isForbidden);
      await asRobot.transport.close();
      expect(await cluster.serviceAccountToken('default', 'robot')).toMatch(/^\S+\.\S+\.\S+$/u);
      await cluster.stop();
      await cluster.stop();
      expect(paths.filter((path) => existsSync(path))).toEqual([]);
    });

    it('lets a user do what RBAC says, which is nothing at first', async () => {
      const cluster = await start();
      const connection = await cluster.connectionFor('joe');
      const client = createClient({ env, connection, fieldManager });
      await expect(client.create(ConfigMap, configMap('a'))).rejects.toSatisfy(isForbidden);
      await cluster.stop();
    });
  });
}
