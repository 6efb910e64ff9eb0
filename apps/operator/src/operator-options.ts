import { join } from 'node:path';

import { undiciTransport } from '@canaryop/reconcile/client';
import type { LoadedCluster } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';
import type { MetricsOptions, SecureOptions } from '@canaryop/reconcile/manager';
import { certificateFiles } from '@canaryop/reconcile/certificates';

import { lookUp } from './analysis/dns.ts';
import { maxConcurrent } from './analysis/lanes.ts';
import { sharedLookup } from './analysis/shared-lookup.ts';
import { loadValidator } from './controllers/keeper/load-validator.ts';
import { leaseName } from './lease-name.ts';
import { trackingKeyName } from './tracking-key-name.ts';
import type { OperatorOptions } from './operator.ts';
import type { Flags } from './options.ts';

/** What an operator process has beside its flags. */
export interface OperatorProcess {
  readonly env: Env;
  readonly cluster: LoadedCluster;
  /** Which replica this is: a pod's name. */
  readonly instance: string;
}

/** What the flags say, for a process on real sockets and real DNS. */
export async function operatorOptions(
  flags: Flags,
  { env, cluster, instance }: OperatorProcess,
): Promise<OperatorOptions> {
  const { connection, namespace } = cluster;
  const apiServer = new URL(connection.server).hostname;
  const metrics = metricsOptions(flags);
  const alerts = alertsOptions(flags);
  return {
    env,
    connection,
    // None that was let through may wait for a connection while its time runs.
    network: undiciTransport({ maxConnections: maxConcurrent }),
    resolve: sharedLookup(lookUp, env),
    addresses: {
      allowedHosts: flags.metricsAllowedHosts,
      resolve: flags.resolve,
      refusedAddresses: [apiServer, ...(await lookUp(apiServer).catch((): readonly string[] => []))],
    },
    validator: loadValidator,
    metricsServer: flags.metricsServer,
    trackingKey: { namespace: flags.leaderElectionNamespace ?? namespace, name: trackingKeyName },
    instance,
    ...(flags.namespace === undefined ? {} : { namespaces: [flags.namespace] }),
    ...(flags.leaderElect
      ? { leaderElection: { lease: { namespace: flags.leaderElectionNamespace ?? namespace, name: leaseName } } }
      : {}),
    ...(flags.healthProbeBindAddress === '0' ? {} : { probes: { address: flags.healthProbeBindAddress } }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(alerts === undefined ? {} : { alerts }),
    ...(flags.consoleBindAddress === '0' ? {} : { console: flags.consoleBindAddress }),
  };
}

function metricsOptions({ metricsBindAddress, metricsSecure, metricsCertDir }: Flags): MetricsOptions | undefined {
  if (metricsBindAddress === '0') return undefined;
  if (!metricsSecure) return { address: metricsBindAddress };
  return { address: metricsBindAddress, secure: secureBy(metricsCertDir) };
}

function alertsOptions(flags: Flags): OperatorOptions['alerts'] {
  const { alertsBindAddress: address, alertsCertDir, namespace } = flags;
  if (address === '0') return undefined;
  const namespaces = flags.alertsNamespace ?? (namespace === undefined ? [] : [namespace]);
  if (namespaces.length === 0)
    throw new Error(
      '--alerts-bind-address is set, so name the namespaces that alerts may be about: --alerts-namespace',
    );
  return { address, secure: secureBy(alertsCertDir), namespaces };
}

function secureBy(folder: string | undefined): SecureOptions {
  if (folder === undefined) return {};
  return { certificate: certificateFiles({ cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') }) };
}
