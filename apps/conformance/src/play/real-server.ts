import { kubeConfigConnection, type ClusterConnection } from '@canaryop/reconcile/client';
import { processEnv, sleep } from '@canaryop/reconcile/env';
import { startControlPlane } from '@canaryop/testkit/control-plane';

import { AccessMarkers } from './access-markers.ts';
import { exchange } from './exchange.ts';
import { installDefinitions } from './install-definitions.ts';
import type { ConformanceServer } from './server.ts';

/** The controllers that simkube's API server has of its own, and no others: what they make would show. */
const controllers = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'clusterrole-aggregation-controller',
];

/** A running Kubernetes for conformance. */
export interface RealServer extends ConformanceServer {
  /** As `/version` says. */
  readonly version: string;
  stop(): Promise<void>;
}

/**
 * Starts a control plane of real programs, with the custom kinds in place and seen by the garbage collector, which takes
 * half a minute to look for new ones.
 */
export async function startRealServer(progress: (line: string) => void): Promise<RealServer> {
  progress('starting etcd, kube-apiserver and kube-controller-manager');
  const plane = await startControlPlane({
    onProgress: progress,
    auditPolicy: { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'None' }] },
    // Quotas and ranges are stored and not enforced by simkube; accounts need a kubelet.
    disableAdmissionPlugins: ['ServiceAccount', 'LimitRanger', 'ResourceQuota'],
    flags: {
      'kube-apiserver': ['--max-requests-inflight=4000', '--max-mutating-requests-inflight=2000'],
      'kube-controller-manager': [
        `--controllers=${controllers.join(',')}`,
        '--kube-api-qps=2000',
        '--kube-api-burst=4000',
        '--concurrent-gc-syncs=10',
      ],
    },
  });
  try {
    return await prepared(plane.connection, progress, () => plane.stop());
  } catch (error) {
    await plane.stop();
    throw error;
  }
}

/**
 * Uses a control plane that is there. It has to be set up as `startRealServer` does, else what its other controllers and
 * plug-ins do is reported as differences.
 */
export async function existingServer(kubeconfig: string, progress: (line: string) => void): Promise<RealServer> {
  const { connection } = await kubeConfigConnection(processEnv(), { path: kubeconfig });
  return prepared(connection, progress, () => connection.transport.close());
}

async function prepared(
  connection: ClusterConnection,
  progress: (line: string) => void,
  stop: () => Promise<void>,
): Promise<RealServer> {
  const env = processEnv();
  const server: ConformanceServer = {
    name: 'kube-apiserver',
    url: connection.server,
    transport: connection.transport,
    now: () => env.clock.monotonic(),
    pause: (ms) => sleep(env.timers, ms),
    accessSettled: (change) => markers.settled(change.resource),
  };
  const markers = new AccessMarkers(server);
  progress('installing the custom kinds, and waiting for the garbage collector to know them');
  await installDefinitions(server);
  const { body } = await exchange(server, { method: 'GET', path: '/version' });
  return { ...server, version: String((body as { gitVersion?: unknown }).gitVersion), stop };
}
