import type { Transport } from '@canaryop/reconcile/env';
import { createManager, type Manager, type ManagerOptions } from '@canaryop/reconcile/manager';
import { channelSource } from '@canaryop/reconcile/watch';

import type { AddressPolicy } from './analysis/address-policy.ts';
import { Checker } from './analysis/checker.ts';
import { HttpClient } from './analysis/http.ts';
import { PrometheusProvider, type Resolve } from './analysis/prometheus.ts';
import { canaryAppController } from './controllers/canaryapp/controller.ts';
import { declareInformers } from './controllers/canaryapp/informers.ts';
import { declareCanaryMetrics } from './controllers/canaryapp/metrics.ts';
import { Readiness } from './controllers/canaryapp/readiness.ts';
import { fieldManager } from './rollout/diff.ts';

/** Time and size that a metrics provider is granted. */
const providerBounds = { timeoutMs: 5_000, maxBytes: 256 * 1024 };

/** What an operator process is made of. */
export interface OperatorOptions extends Omit<ManagerOptions, 'fieldManager'> {
  /** What metrics providers are asked over. Never the cluster's own connection: it carries our credentials. */
  readonly network: Transport;
  readonly resolve: Resolve;
  readonly addresses: AddressPolicy;
}

/** The operator: a manager with every controller of it, which this function lists. Nothing happens before `start`. */
export function createOperator({ network, resolve, addresses, ...options }: OperatorOptions): Manager {
  const { env } = options;
  const manager = createManager({ ...options, fieldManager });
  const answers = channelSource('check answered');
  const provider = new PrometheusProvider(new HttpClient(network, env.timers, providerBounds), addresses, resolve);
  const checker = new Checker(provider, env.clock, (app) => {
    answers.send(app);
  });
  const senses = { informers: declareInformers(manager), readiness: new Readiness(), checker };
  manager.add(canaryAppController(env, senses, answers));
  declareCanaryMetrics(manager.registry, { apps: senses.informers.apps, isLeader: () => manager.isLeader });
  manager.add({
    name: 'checks',
    needsLeaderElection: true,
    start: (signal) => stopWith(signal, checker),
  });
  return manager;
}

/** Ends what is under way when the manager stops. */
function stopWith(signal: AbortSignal, checker: Checker): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      checker.stop();
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
