import type { Informer } from '@canaryop/reconcile/cache';
import type { Manager, SecureOptions, ServerDefinition } from '@canaryop/reconcile/manager';

import type { CanaryApp } from '../api/v1/canaryapp.ts';
import { roleOf } from './pod-role.ts';
import { alertEndpoint, alertPaths, maxPayloadBytes, podKills } from './receiver.ts';

/** How alerts are received. */
export interface AlertsOptions {
  /** `host:port` or `:port`. */
  readonly address: string;
  /** Always TLS, and only from whoever may post to these paths: a pod can be deleted over them. */
  readonly secure: SecureOptions;
  /** Namespaces whose pods alerts may be about. */
  readonly namespaces: readonly string[];
}

/** The server that Alertmanager sends its notifications to. Every replica has one. */
export function alertServer(
  { env, events, registry }: Pick<Manager, 'env' | 'events' | 'registry'>,
  { apps }: { readonly apps: Pick<Informer<CanaryApp>, 'lister'> },
  { address, secure, namespaces }: AlertsOptions,
): ServerDefinition {
  const kills = podKills(registry);
  return {
    name: 'alerts',
    address,
    secure,
    paths: Object.values(alertPaths),
    maxBodyBytes: maxPayloadBytes,
    endpoint: (client) => alertEndpoint({ env, client, events, namespaces, kills, roleOf: (pod) => roleOf(apps, pod) }),
  };
}
