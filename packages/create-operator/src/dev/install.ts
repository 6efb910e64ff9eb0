import { createClient, createOrApply, type Client, type ClusterConnection } from '@canaryop/reconcile/client';
import { CustomResourceDefinitionKind } from '@canaryop/reconcile/crd';
import type { Env } from '@canaryop/reconcile/env';
import { Service } from '@canaryop/reconcile/kinds';
import { keyOf, resourceKind, type ResourceKind } from '@canaryop/reconcile/object';
import { roleOf } from '@canaryop/reconcile/rbac';

import {
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
  type WebhookConfiguration,
} from '@canaryop/reconcile/webhook';

import type { OperatorDescription } from '../manifests/operator-description.ts';

/** Who the operator is on a cluster of its own. */
export const account = { namespace: 'default', name: 'operator' } as const;

const rbacGroup = 'rbac.authorization.k8s.io';
const serviceAccountKind = resourceKind({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
});
const clusterRoleKind = rbacKind('ClusterRole', 'clusterroles');
const clusterRoleBindingKind = rbacKind('ClusterRoleBinding', 'clusterrolebindings');

/** A client for what `reconcile dev` installs. */
export function installer(env: Env, connection: ClusterConnection): Client {
  return createClient({ env, connection, fieldManager: 'reconcile-dev' });
}

/** Makes the cluster know the operator's kinds. */
export async function installDefinitions(client: Client, { kinds }: OperatorDescription): Promise<void> {
  for (const { crd } of kinds) await createOrApply(client, CustomResourceDefinitionKind, crd);
}

/** Lets the operator's account do what follows from its declarations, and nothing else. */
export async function installAccount(client: Client, { permissions, webhooks }: OperatorDescription): Promise<void> {
  const { namespace, name } = account;
  await createOrApply(client, serviceAccountKind, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace, name },
  });
  const certificate = webhooks?.permissions;
  const everything = [
    ...permissions.everywhere,
    ...permissions.own,
    ...permissions.cluster,
    ...(certificate?.own ?? []),
    ...(certificate?.cluster ?? []),
  ];
  await createOrApply(client, clusterRoleKind, roleOf('ClusterRole', name, everything));
  const binding = {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', namespace, name }],
  };
  await createOrApply(client, clusterRoleBindingKind, binding);
}

/** Has API servers ask the operator, behind a Service; the operator itself tells them whom to trust. */
export async function installWebhooks(
  client: Client,
  { webhooks }: OperatorDescription,
  service: { readonly namespace: string; readonly name: string },
): Promise<void> {
  if (webhooks === undefined) return;
  const spec = { ports: [{ name: 'webhook', port: 443, targetPort: 9443 }] };
  await createOrApply(client, Service, { apiVersion: 'v1', kind: 'Service', metadata: { ...service }, spec });
  for (const configuration of webhooks.configurations) {
    const isValidating = configuration.kind === ValidatingWebhookConfiguration.kind;
    const kind = isValidating ? ValidatingWebhookConfiguration : MutatingWebhookConfiguration;
    const live = await client.get(kind, keyOf(configuration));
    if (live === undefined) await client.create(kind, configuration);
    else await client.patch(kind, live, { webhooks: withTrust(configuration, live) });
  }
}

/** Their entries are one list, in which the operator has put whom to trust. */
function withTrust(desired: WebhookConfiguration, live: WebhookConfiguration): WebhookConfiguration['webhooks'] {
  return desired.webhooks?.map((webhook) => {
    const caBundle = live.webhooks?.find(({ name }) => name === webhook.name)?.clientConfig.caBundle;
    return caBundle === undefined ? webhook : { ...webhook, clientConfig: { ...webhook.clientConfig, caBundle } };
  });
}

function rbacKind(kind: string, plural: string): ResourceKind {
  return resourceKind({ group: rbacGroup, version: 'v1', kind, plural, namespaced: false });
}
