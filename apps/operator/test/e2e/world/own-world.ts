import { join } from 'node:path';

import { createCache } from '@canaryop/reconcile/cache';
import type { Env } from '@canaryop/reconcile/env';
import { Pod } from '@canaryop/reconcile/kinds';
import { findPrometheus, startRealPrometheus } from '@canaryop/simkube/prometheus';
import {
  findProgram,
  installGatewayDefinitions,
  startControlPlane,
  startIstiod,
  type AuditPolicy,
  type ControlPlane,
  type OnProgress,
} from '@canaryop/testkit/control-plane';

import { GatewayConfig } from './gateway-config.ts';
import { startIngress } from './ingress.ts';
import { PodServers } from './pod-servers.ts';
import type { OwnWorld } from './world-address.ts';
import { followXds } from './xds-follower.ts';

/** How long a pod takes to be gone: the operator's preStop, as a kubelet would wait for it. */
const stopMs = 5_000;
/** How long its start takes. */
const startMs = 500;

/** Of the operator everything, of others nothing: they are not what is looked at, and they talk a lot. */
const auditPolicy: AuditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Request', userGroups: ['system:serviceaccounts:canaryop-system'] }, { level: 'None' }],
};

/** istiod says of HTTPRoutes whether it follows them; it makes no ingress for a Gateway, which would need a proxy. */
const gatewayVariables = { PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: 'false' };

/** A running world of our own. */
export interface RunningWorld {
  readonly plane: ControlPlane;
  readonly prometheus: string;
  readonly own: OwnWorld;
  /** Rejects when something of it ends before `stop`. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Kubernetes, Istio and Prometheus as they are, on loopback: a control plane with kwok in place of kubelets, istiod, an
 * ingress that istiod tells where to send requests, a real HTTP server for each pod of the sample, and a Prometheus that
 * asks the ingress each second what it has seen.
 */
export async function startOwnWorld(env: Env, tell: OnProgress): Promise<RunningWorld> {
  const prometheusProgram = await findPrometheus();
  if (prometheusProgram === undefined) {
    throw new Error('there is no prometheus on the PATH; install it (Debian and Ubuntu: apt-get install prometheus)');
  }
  const options = { env, onProgress: tell };
  const xdsClient = await findProgram('xds-client', options);
  const plane = await startControlPlane({
    ...options,
    kwok: { readyDelayMs: startMs, stopDelayMs: stopMs, rules: podRules },
    auditPolicy,
  });
  tell('the control plane is ready');
  const stops: (() => Promise<unknown>)[] = [() => plane.stop()];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    await installGatewayDefinitions(plane);
    const istiod = await startIstiod(plane, { onProgress: tell, variables: gatewayVariables });
    tell('istiod is ready');
    const pods = followPods(env, plane);
    stops.push(() => pods.stop());
    const config = new GatewayConfig();
    const ingress = await startIngress({ env, config, find: (address, port) => pods.servers.find(address, port) });
    stops.push(() => ingress.stop());
    const xds = followXds(plane.scope, { program: xdsClient, server: istiod.discoveryAddress }, (line) => {
      config.apply(line);
    });
    stops.push(() => xds.stop());
    const prometheus = await startRealPrometheus({
      timers: env.timers,
      binary: prometheusProgram,
      targets: [{ job: 'istio', address: ingress.metricsAddress }],
    });
    plane.scope.guard.guard(prometheus.pid);
    stops.push(() => prometheus.stop());
    tell('the ingress follows istiod, and Prometheus scrapes it');
    const own = { ingressPort: ingress.port, auditLog: join(plane.scope.folder, 'audit.log') };
    const broken = xds.ended.then((why) => {
      if (stops.length === 0) return new Promise<never>(() => undefined);
      throw new Error(`the xDS client has ended: ${why}\nistiod: ${istiod.process.log()}`);
    });
    broken.catch(() => undefined);
    return { plane, prometheus: `127.0.0.1:${prometheus.port}`, own, broken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Images that do not start. */
const podRules = [
  { image: ':crash-loop$', outcome: 'crash-loop' },
  { image: ':pull-error$', outcome: 'image-pull-error' },
  { image: ':never-ready$', outcome: 'never-ready' },
] as const;

function followPods(env: Env, plane: ControlPlane): { readonly servers: PodServers; stop(): Promise<void> } {
  const cache = createCache({ env, connection: plane.connection, fieldManager: 'e2e-pods' });
  const informer = cache.informer(Pod);
  const servers = new PodServers(env, informer);
  const stopping = new AbortController();
  const run = cache.start(stopping.signal);
  return {
    servers,
    stop: async () => {
      stopping.abort();
      await run;
      await servers.stop();
    },
  };
}
