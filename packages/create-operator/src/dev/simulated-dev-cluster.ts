import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { noCredentials } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';
import { adminUser, startCluster } from '@canaryop/simkube';

import type { DevCluster } from './dev-cluster.ts';
import { account, installAccount, installDefinitions, installer, installWebhooks } from './install.ts';

const monthSeconds = 30 * 86_400;

/**
 * A cluster in this process. The operator speaks to it as in a pod: with the token of an account that may do what
 * follows from its declarations, so that a right that is missing shows here and not in production.
 */
export async function simulatedDevCluster(env: Env, port: number, name: string): Promise<DevCluster> {
  const webhookAddress = { host: '127.0.0.1', port: await freePort() };
  const cluster = await startCluster({
    env,
    istio: false,
    listen: { port },
    apiServer: { webhooks: { addressOf: () => webhookAddress } },
  });
  const { server } = cluster;
  const folder = mkdtempSync(join(tmpdir(), 'reconcile-dev-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const secret = { mode: 0o600 };
  writeFileSync(kubeconfig, server.kubeconfig, secret);
  writeFileSync(join(folder, 'ca.crt'), server.caPem, secret);
  writeFileSync(join(folder, 'namespace'), account.namespace, secret);
  const connection = { server: server.url, transport: server.transport(adminUser), credentials: noCredentials };
  const service = { namespace: account.namespace, name: `${name}-webhook-service` };
  const client = installer(env, connection);
  return {
    title: `a cluster in this process (${server.url})`,
    kubeconfig,
    webhookPlace: { service },
    args: [`--webhook-bind-address=${webhookAddress.host}:${webhookAddress.port}`],
    variables: {
      KUBECONFIG: undefined,
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(server.port),
      KUBERNETES_SERVICE_ACCOUNT_DIR: folder,
    },
    install: async (description) => {
      await installDefinitions(client, description);
      await installAccount(client, description);
      await installWebhooks(client, description, service);
      const token = server.serviceAccountToken(account.namespace, account.name, monthSeconds);
      writeFileSync(join(folder, 'token'), token, secret);
    },
    stop: async () => {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One that nobody has now: API servers have to know it before the operator listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
