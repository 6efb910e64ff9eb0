/** The operator with a registry that keeps every waiting time; it reports to whoever forked it. */
import { createOperator, operatorOptions, parseFlags } from '@canaryop/operator';
import { loadCluster } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';
import { streamLogger } from '@canaryop/reconcile/log';

import { percentile } from '../measure/percentile.ts';
import { usageMeter } from '../measure/process-usage.ts';
import type { OperatorReport } from './operator-report.ts';
import { startTimes, tellingBegin } from './start-times.ts';
import { tellingRegistry } from './telling-registry.ts';

const activeWorkers = /^controller_runtime_active_workers\{[^}]*\} (?<count>\d+)$/mu;

const meter = usageMeter();
const flags = parseFlags(process.argv.slice(2));
const log = streamLogger({ level: flags.logLevel, format: flags.logFormat });
const { clock } = processEnv();
const starts = startTimes();
const worked: number[] = [];
const env = processEnv(
  tellingBegin(log, () => {
    starts.began(clock.monotonic());
  }),
);
const registry = tellingRegistry({
  workqueue_queue_duration_seconds: (seconds) => {
    starts.handedOut(seconds * 1000, clock.monotonic());
  },
  controller_runtime_reconcile_time_seconds: (seconds) => {
    worked.push(seconds * 1000);
  },
});
const cluster = await loadCluster(env, flags);
const options = await operatorOptions(flags, { env, cluster, instance: 'bench' });
const operator = createOperator({ ...options, registry });

process.on('message', (message) => {
  if (message === 'reset') {
    starts.reset();
    worked.length = 0;
    meter.reset();
    process.send?.('done');
  } else {
    void report().then((answer) => process.send?.(answer));
  }
});

await operator.start(new AbortController().signal);

async function report(): Promise<OperatorReport> {
  const { body } = await registry.render();
  return {
    reconciles: worked.length,
    startP50Ms: percentile(starts.values, 0.5),
    startP99Ms: percentile(starts.values, 0.99),
    startMaxMs: percentile(starts.values, 1),
    reconcileP50Ms: percentile(worked, 0.5),
    reconcileP99Ms: percentile(worked, 0.99),
    reconcileMaxMs: percentile(worked, 1),
    activeWorkers: Number(activeWorkers.exec(body)?.groups?.['count']),
    usage: meter.read(),
  };
}
