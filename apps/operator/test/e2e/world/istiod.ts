import { request } from 'node:http';
import { join } from 'node:path';

import {
  freePort,
  moduleFolder,
  startProcess,
  untilReady,
  type ManagedProcess,
  type ProcessScope,
} from '@canaryop/testkit/control-plane';

/** How long istiod may take to be ready. */
const startTimeoutMs = 60_000;

/** A running istiod. */
export interface Istiod {
  readonly process: ManagedProcess;
  /** host:port of aggregated discovery in plain text. */
  readonly discovery: string;
}

/** Starts istiod against the cluster of a kubeconfig, in which the namespace istio-system exists. */
export async function startIstiod(
  scope: ProcessScope,
  options: { readonly program: string; readonly kubeconfig: string },
): Promise<Istiod> {
  const [http, discovery, monitoring] = await Promise.all([freePort(), freePort(), freePort()]);
  const process = await startProcess(scope, {
    name: 'istiod',
    program: options.program,
    args: [
      'discovery',
      `--kubeconfig=${options.kubeconfig}`,
      `--httpAddr=127.0.0.1:${http}`,
      '--httpsAddr=',
      `--grpcAddr=127.0.0.1:${discovery}`,
      '--secureGRPCAddr=',
      `--monitoringAddr=127.0.0.1:${monitoring}`,
    ],
    variables: { POD_NAMESPACE: 'istio-system', POD_NAME: 'istiod' },
  });
  await untilReady(process, scope.env, startTimeoutMs, () => isReady(http));
  return { process, discovery: `127.0.0.1:${discovery}` };
}

function isReady(port: number): Promise<true | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/ready' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? true : undefined);
    });
    asked.once('error', reject);
    asked.end();
  });
}

/** Istio's CustomResourceDefinitions, in the module cache: read where they are, never copied. */
export async function istioDefinitionsFile(): Promise<string> {
  return join(await moduleFolder('istio', 'istio.io/api'), 'kubernetes/customresourcedefinitions.gen.yaml');
}
