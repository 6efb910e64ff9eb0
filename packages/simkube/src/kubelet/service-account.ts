import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

import type { Loopback } from '../apiserver/loopback.ts';
import type { Pod } from '../kinds/core-v1.ts';

interface ServiceAccount extends KubernetesObject {
  readonly automountServiceAccountToken?: boolean;
}

const serviceAccountKind = resourceKind<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
});

/**
 * Whether the pod gets a token: the pod's own `automountServiceAccountToken` counts, else its account's, else yes. An
 * account that does not exist has no tokens.
 */
export function mountsServiceAccountToken(api: Loopback, pod: Pod): boolean {
  const { namespace = '' } = pod.metadata;
  const account = api.get(serviceAccountKind, { namespace, name: pod.spec.serviceAccountName ?? 'default' });
  if (account === undefined) return false;
  return pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
}
