/** The operator with a registry that keeps every waiting time; it reports to whoever forked it. */
import { createOperator, operatorOptions, parseFlags } from '@canaryop/operator';
import { loadCluster } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';
import { winstonLogger } from '@canaryop/reconcile/log';

import { percentile } from '../measure/percentile.ts';
import { usageMeter } from '../measure/process-usage.ts';
import type { OperatorReport } from './operator-report.ts';
import { timedRegistry } from './timed-registry.ts';

const queueTime = 'workqueue_queue_duration_seconds';
const reconcileTime = 'controller_runtime_reconcile_time_seconds';
const activeWorkers = /^controller_runtime_active_workers\{[^}]*\} (?<count>\d+)$/mu;

const registry = timedRegistry([queueTime, reconcileTime]);
const meter = usageMeter();
const flags = parseFlags(process.argv.slice(2));
const env = processEnv(winstonLogger({ level: flags.logLevel, format: flags.logFormat }));
const cluster = await loadCluster(env, flags);
const options = await operatorOptions(flags, { env, cluster, instance: 'bench' });
const operator = createOperator({ ...options, registry });

process.on('message', (message) => {
  if (message === 'reset') {
    registry.reset();
    meter.reset();
    process.send?.('done');
  } else {
    void report().then((answer) => process.send?.(answer));
  }
});

await operator.start(new AbortController().signal);

async function report(): Promise<OperatorReport> {
  const milliseconds = (name: string): readonly number[] =>
    (registry.observed.get(name) ?? []).map((seconds) => seconds * 1000);
  const queued = milliseconds(queueTime);
  const worked = milliseconds(reconcileTime);
  const { body } = await registry.render();
  return {
    reconciles: worked.length,
    queueP50Ms: percentile(queued, 0.5),
    queueP99Ms: percentile(queued, 0.99),
    queueMaxMs: percentile(queued, 1),
    reconcileP50Ms: percentile(worked, 0.5),
    reconcileP99Ms: percentile(worked, 0.99),
    reconcileMaxMs: percentile(worked, 1),
    activeWorkers: Number(activeWorkers.exec(body)?.groups?.['count']),
    usage: meter.read(),
  };
}
