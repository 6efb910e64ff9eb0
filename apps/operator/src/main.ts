import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { CommanderError } from 'commander';

import { loadCluster, undiciTransport } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';
import { winstonLogger } from '@canaryop/reconcile/log';
import { terminationSignal, type MetricsOptions } from '@canaryop/reconcile/manager';

import { lookUp } from './analysis/dns.ts';
import { installCrds } from './install-crds.ts';
import { leaseName } from './lease-name.ts';
import { createOperator } from './operator.ts';
import { parseFlags, type Flags } from './options.ts';
try {
  await run(parseFlags(process.argv.slice(2)));
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  process.stderr.write(`canaryop: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function run(flags: Flags): Promise<void> {
  const log = winstonLogger({ level: flags.logLevel, format: flags.logFormat });
  const env = processEnv(log);
  const signal = terminationSignal(process, () => process.exit(1));
  const { connection, namespace } = await loadCluster(env, flags);
  if (flags.installCrds) await installCrds(env, connection);
  const apiServer = new URL(connection.server).hostname;
  const metrics = metricsOptions(flags);
  const operator = createOperator({
    env,
    connection,
    network: undiciTransport(),
    resolve: lookUp,
    addresses: {
      allowedHosts: flags.metricsAllowedHosts,
      resolve: flags.resolve,
      refusedAddresses: [apiServer, ...(await lookUp(apiServer).catch((): readonly string[] => []))],
    },
    instance: process.env['HOSTNAME'] ?? 'local',
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    ...(flags.leaderElect
      ? { leaderElection: { lease: { namespace: flags.leaderElectionNamespace ?? namespace, name: leaseName } } }
      : {}),
    ...(flags.healthProbeBindAddress === '0' ? {} : { probes: { address: flags.healthProbeBindAddress } }),
    ...(metrics === undefined ? {} : { metrics }),
  });
  await operator.start(signal);
}

function metricsOptions({ metricsBindAddress, metricsSecure, metricsCertDir }: Flags): MetricsOptions | undefined {
  if (metricsBindAddress === '0') return undefined;
  if (!metricsSecure) return { address: metricsBindAddress };
  if (metricsCertDir === undefined) return { address: metricsBindAddress, secure: {} };
  const read = (name: string): Promise<string> => readFile(join(metricsCertDir, name), 'utf8');
  const certificate = async () => ({ cert: await read('tls.crt'), key: await read('tls.key') });
  return { address: metricsBindAddress, secure: { certificate } };
}
