import { CommanderError } from 'commander';

import { loadCluster } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';
import { streamLogger } from '@canaryop/reconcile/log';
import { terminationSignal } from '@canaryop/reconcile/manager';

import { installCrds } from './install-crds.ts';
import { operatorOptions } from './operator-options.ts';
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
  const log = streamLogger({ level: flags.logLevel, format: flags.logFormat });
  const env = processEnv(log);
  const signal = terminationSignal(process, () => process.exit(1));
  const cluster = await loadCluster(env, flags);
  if (flags.installCrds) await installCrds(env, cluster.connection);
  const instance = process.env['HOSTNAME'] ?? 'local';
  await createOperator(await operatorOptions(flags, { env, cluster, instance })).start(signal);
}
