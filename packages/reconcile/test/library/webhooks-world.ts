import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'node:tls';

import { expect } from 'vitest';

import type { CertificateLifetimes } from '@canaryop/reconcile/certificates';
import type { ApiError } from '@canaryop/reconcile/client';
import type { KindVersions } from '@canaryop/reconcile/versions';
import { ConfigMap } from '@canaryop/reconcile/kinds';
import type { ManagerOptions } from '@canaryop/reconcile/manager';
import {
  certificateSecretName,
  MutatingWebhookConfiguration,
  mutatingWebhook,
  ValidatingWebhookConfiguration,
  validatingWebhook,
  webhookConfigurations,
  type AdmissionWebhook,
  type WebhookPlace,
} from '@canaryop/reconcile/webhook';

import type { RunningManager, Share } from './share.ts';

/** Runs webhooks and installs their configurations; resolves when the API server asks all of them. */
export async function serve(
  test: Share,
  admission: readonly AdmissionWebhook[],
  lifetimes?: CertificateLifetimes,
  more: Partial<ManagerOptions> = {},
): Promise<RunningManager> {
  const { client } = test;
  const webhooks = [...admission, ...probes(test)];
  const { place, options } = await webhooksOf(test, webhooks, [], lifetimes);
  const running = test.run({ ...options, ...more });
  for (const configuration of webhookConfigurations(webhooks, { name: options.fieldManager, place })) {
    const isValidating = configuration.kind === ValidatingWebhookConfiguration.kind;
    const kind = isValidating ? ValidatingWebhookConfiguration : MutatingWebhookConfiguration;
    const made = await client.create(kind, configuration);
    // It is of no namespace, and would ask a server that is gone.
    test.atEnd(() => client.delete(kind, made));
  }
  await test.until(() => running.manager.ports['webhooks'] !== undefined);
  // An API server takes up configurations, and whom to trust, by a watch of its own: until then it asks nobody.
  let said = '';
  for (let tries = 1; !said.includes('completed: yes'); tries += 1) {
    expect(tries, said).toBeLessThan(300);
    const probe = { ...test.configMap(`probe-${tries}`), metadata: { ...test.key(`probe-${tries}`), labels: isProbe } };
    said = await client.create(ConfigMap, probe).then(
      () => 'nobody was asked',
      (error: ApiError) => error.message,
    );
    await test.server.pause(50);
  }
  return running;
}

const isProbe = { probe: 'yes' };

/** Refuse everything that is labelled for them, which shows whether API servers ask both kinds of webhooks. */
export function probes({ namespace }: Share): readonly AdmissionWebhook[] {
  const scope = {
    name: `${namespace}.probe.demo.io`,
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    objectSelector: { matchLabels: isProbe },
  };
  return [
    mutatingWebhook(ConfigMap, { ...scope, mutate: ({ object }) => ({ ...object, data: { completed: 'yes' } }) }),
    validatingWebhook(ConfigMap, { ...scope, validate: ({ object }) => `completed: ${object.data?.['completed']}` }),
  ];
}

export const managerOf = ({ namespace }: Share): string => `operator-${namespace}`;
export const secretOf = (test: Share) => test.key(certificateSecretName(managerOf(test)));

/** In the test's own namespace, and not the probes. */
export function only({ namespace }: Share) {
  return {
    name: `${namespace}.test.demo.io`,
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    objectSelector: { matchExpressions: [{ key: 'probe', operator: 'DoesNotExist' as const }] },
  };
}

export async function webhooksOf(
  test: Share,
  admission: readonly AdmissionWebhook[],
  conversion: readonly KindVersions[] = [],
  lifetimes?: CertificateLifetimes,
) {
  const port = await freePort();
  const place: WebhookPlace = { url: `https://127.0.0.1:${port}` };
  const fieldManager = managerOf(test);
  const webhooks = {
    admission,
    conversion,
    place,
    address: `127.0.0.1:${port}`,
    secret: secretOf(test),
    ...(lifetimes === undefined ? {} : { lifetimes }),
  };
  return { place, options: { fieldManager, webhooks } };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

export function fingerprint(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
