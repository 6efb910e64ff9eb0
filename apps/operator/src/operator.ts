import { uuid, type Env, type Transport } from '@canaryop/reconcile/env';
import { Deployment } from '@canaryop/reconcile/kinds';
import { createManager, type Manager, type ManagerOptions } from '@canaryop/reconcile/manager';
import { keyOf, keyText, present } from '@canaryop/reconcile/object';
import { channelSource } from '@canaryop/reconcile/watch';

import { alertServer, type AlertsOptions } from './alerts/alert-server.ts';
import type { AddressPolicy } from './analysis/address-policy.ts';
import { Announcer } from './analysis/announcer.ts';
import { Checker } from './analysis/checker.ts';
import { defaultMetricsServer, Endpoints, type Resolve } from './analysis/endpoints.ts';
import { HttpClient } from './analysis/http.ts';
import { providers } from './analysis/providers/providers.ts';
import { CanaryApp } from './api/v1/canaryapp.ts';
import { consoleSession, type ConsoleWorld } from './console/console.ts';
import { serveLines } from './console/line-server.ts';
import { appsOf, canaryAppController, checkPriority } from './controllers/canaryapp/controller.ts';
import { declareInformers, type CanaryAppInformers } from './controllers/canaryapp/informers.ts';
import { ConfigTracking } from './controllers/canaryapp/config-tracking.ts';
import { furtherReadsOf } from './controllers/canaryapp/further-reads.ts';
import { TrackingKey } from './controllers/canaryapp/tracking-key.ts';
import { declareCanaryMetrics } from './controllers/canaryapp/metrics.ts';
import { Neighbours } from './controllers/canaryapp/neighbours.ts';
import { keeperController, labelled } from './controllers/keeper/controller.ts';
import type { LoadValidator } from './controllers/keeper/load-validator.ts';
import { labelledIfServed } from './controllers/keeper/late-kind.ts';
import { Readiness } from './controllers/canaryapp/readiness.ts';
import { fieldManager } from './rollout/diff.ts';
import { DeploymentConfig } from './targets/canary-pod/deployment-config.ts';

/** Time and size that a metrics provider is granted. */
const providerBounds = { timeoutMs: 5_000, maxBytes: 256 * 1024 };

/** What an operator process is made of. */
export interface OperatorOptions extends Omit<ManagerOptions, 'fieldManager'> {
  /** What metrics providers are asked over. Never the cluster's own connection: it carries our credentials. */
  readonly network: Transport;
  readonly resolve: Resolve;
  readonly addresses: AddressPolicy;
  /** What judges the applications of workloads with annotations. */
  readonly validator: LoadValidator;
  /** Prometheus for applications that name none; `addresses` has no say in it. @default defaultMetricsServer */
  readonly metricsServer?: string;
  /** The Secret with the key of the checksums of Secrets. Absent: Secrets are not tracked. */
  readonly trackingKey?: { readonly namespace: string; readonly name: string };
  /** Absent: nobody can tell of alerts. */
  readonly alerts?: AlertsOptions;
  /** Where the line console listens; loopback. Absent: there is none. */
  readonly console?: { readonly host: string; readonly port: number };
}

/** The operator: a manager with every controller of it, which this function lists. Nothing happens before `start`. */
export function createOperator({
  network,
  resolve,
  addresses,
  validator,
  metricsServer,
  trackingKey,
  alerts,
  console: consoleAddress,
  ...options
}: OperatorOptions): Manager {
  const { env } = options;
  const manager = createManager({ ...options, fieldManager });
  const wakes = channelSource('something that the application reads');
  const provider = providers({
    http: new HttpClient(network, env.timers, providerBounds),
    endpoints: new Endpoints(addresses, resolve, metricsServer ?? defaultMetricsServer),
  });
  const checker = new Checker(provider, env, (app) => {
    wakes.send(app, { priority: checkPriority });
  });
  const announcer = new Announcer(provider);
  const informers = declareInformers(manager);
  const neighbours = new Neighbours(manager, (...changed) => {
    for (const app of concerned(...changed)) wakes.send(app);
  });
  const concerned = appsOf(informers, (app) => furtherReadsOf(neighbours, app));
  const key = new TrackingKey({ env, client: manager.client, ...present({ secret: trackingKey }) });
  const configs = new ConfigTracking(neighbours, key);
  const senses = { informers, neighbours, configs, readiness: new Readiness(), checker, announcer };
  manager.add(canaryAppController(env, senses, wakes));
  manager.add(keeperController(labelled(manager, Deployment), informers.apps, validator));
  const deploymentConfigs = labelledIfServed(manager, informers.apps, DeploymentConfig);
  manager.add(keeperController(deploymentConfigs, informers.apps, validator));
  manager.add(deploymentConfigs.discovery);
  manager.add({ name: 'key of config tracking', start: (signal) => key.load(signal) });
  declareCanaryMetrics(manager.registry, { apps: informers.apps, isLeader: () => manager.isLeader });
  if (alerts !== undefined) manager.addServer(alertServer(manager, informers, alerts));
  if (consoleAddress !== undefined) {
    const open = () => consoleSession(consoleWorld(manager, informers, env));
    // On every replica: one that stands by says so.
    manager.add({
      name: 'console',
      needsLeaderElection: false,
      start: (signal) => serveLines(env, { ...consoleAddress, open }, signal),
    });
  }
  manager.add({
    name: 'checks',
    needsLeaderElection: true,
    start: (signal) => stopWith(signal, [checker, announcer]),
  });
  return manager;
}

function consoleWorld(manager: Manager, { apps }: CanaryAppInformers, { random }: Env): ConsoleWorld {
  return {
    apps: () => apps.lister.list().toSorted((a, b) => (keyText(keyOf(a)) < keyText(keyOf(b)) ? -1 : 1)),
    isLeader: () => manager.isLeader,
    patch: (app, patch) => manager.client.patch(CanaryApp, app, patch),
    newId: () => `console-${uuid(random)}`,
  };
}

/** Ends what is under way when the manager stops. */
function stopWith(signal: AbortSignal, parts: readonly { stop(): void }[]): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const part of parts) part.stop();
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
