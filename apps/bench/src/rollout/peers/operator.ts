import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { CanaryApp } from '@canaryop/operator';
import type { KubernetesObject, ObjectOf } from '@canaryop/reconcile/object';

import { nodeEnvironment } from '../../measure/node-environment.ts';
import { cacheFolder } from '../../programs/built-program.ts';
import { appPort, badMetric, hostOf, namespace, type Application, type RolloutPeer, type Workplace } from '../peer.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../../../..');

/** Ours as its image has it: the bundle, with the flags and the bounds of config/manager. */
export const operator: RolloutPeer = {
  name: 'operator',
  version: 'this repository',
  async prepare(progress) {
    progress('bundling the operator');
    const folder = join(cacheFolder(), 'operator');
    await run(process.execPath, [join(root, 'scripts/bundle.ts'), folder]);
    return {
      command: { program: process.execPath, args: [join(folder, 'canaryop.mjs')] },
      definitions: [CanaryApp.crd()],
      modes: { default: launch },
      shared: () => [],
      application: (application) => [{ kind: CanaryApp, object: canaryApp(application) }],
      changed: CanaryApp,
      changeTo: (image) => ({ spec: { image } }),
      kind: CanaryApp,
      isAtRest: (object) => (object as ObjectOf<typeof CanaryApp>).status?.phase === 'Released',
      isNew: ({ subset }) => subset === 'secondary',
    };
  },
};

function launch({ apiServer, accountFolder, prometheusUrl, ports: [probes, metrics] }: Workplace) {
  const { host } = new URL(prometheusUrl);
  return {
    args: [
      '--leader-elect',
      `--leader-election-namespace=${namespace}`,
      `--health-probe-bind-address=127.0.0.1:${probes}`,
      `--metrics-bind-address=127.0.0.1:${metrics}`,
      `--resolve=${prometheusName}=${host}`,
    ],
    environment: {
      KUBERNETES_SERVICE_HOST: apiServer.hostname,
      KUBERNETES_SERVICE_PORT: apiServer.port,
      KUBERNETES_SERVICE_ACCOUNT_DIR: accountFolder,
      ...nodeEnvironment,
    },
  };
}

/** Addresses of this machine are refused to users, so that Prometheus has a name. */
const prometheusName = 'prometheus.istio-system.svc:9090';

function canaryApp({ name, image, plan }: Application): KubernetesObject {
  const app: ObjectOf<typeof CanaryApp> = {
    apiVersion: 'canary.atze.io/v1',
    kind: 'CanaryApp',
    metadata: { namespace, name },
    spec: {
      image,
      imageListenPort: appPort,
      replicas: 1,
      testReplicas: 1,
      prometheusQuery: `${badMetric}{app="${name}"} > 0`,
      prometheusURL: `http://${prometheusName}`,
      failWhenPrometheusFails: true,
      trafficShiftUpdateInterval: plan.intervalMs / 1000,
      // The peers do not wait here.
      deploymentReadyWaitTime: 0,
      progressDeadlineSeconds: 600,
      drainSeconds: 10,
      strategy: { stepWeight: plan.weight, maxWeight: plan.steps * plan.weight },
      service: { hosts: [hostOf(name)] },
      podSecurity: 'default',
    },
  };
  return app;
}
