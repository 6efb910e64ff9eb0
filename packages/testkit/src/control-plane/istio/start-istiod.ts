import { noCredentials, undiciTransport } from '@canaryop/reconcile/client';

import type { ControlPlane } from '../cluster/control-plane.ts';
import { post, send } from '../cluster/request.ts';
import { freePort } from '../processes/free-port.ts';
import { startProcess, untilReady, type ManagedProcess } from '../processes/managed-process.ts';
import type { OnProgress } from '../programs/build-program.ts';
import { findProgram } from '../programs/find-program.ts';
import { installIstioDefinitions } from './istio-definitions.ts';

/** How istiod is started. */
export interface IstiodOptions {
  /** Environment variables, which is where most settings of Istio's control plane are. */
  readonly variables?: Readonly<Record<string, string>>;
  /** How long it may take to be ready, in milliseconds. @default 120000 */
  readonly startTimeoutMs?: number;
  /** Told of builds, one line each. @default lines on standard error */
  readonly onProgress?: OnProgress;
}

/** A running istiod, Istio's control plane. */
export interface Istiod {
  /** Where proxies ask for their configuration (ADS), plaintext gRPC: `127.0.0.1:PORT`. */
  readonly discoveryAddress: string;
  /** Has `/ready` and `/debug/...`: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly process: ManagedProcess;
  /** Ends it. The control plane's `stop` does so too. */
  stop(): Promise<void>;
}

/**
 * Starts istiod on a control plane, with the CRDs of Istio's API and in namespace `istio-system`, as an administrator.
 * Resolves when it says that it is ready: it then knows the routes, and tells them to whoever asks as a proxy would.
 */
export async function startIstiod(controlPlane: ControlPlane, options: IstiodOptions = {}): Promise<Istiod> {
  const { scope } = controlPlane;
  const { variables = {}, startTimeoutMs = 120_000, onProgress } = options;
  const program = await findProgram('pilot-discovery', {
    env: scope.env,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  await installIstioDefinitions(controlPlane);
  await makeNamespace(controlPlane);
  const [http, grpc, monitoring, introspection] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const process = await startProcess(scope, {
    name: 'istiod',
    program,
    args: [
      'discovery',
      `--kubeconfig=${await controlPlane.kubeconfigFor('istiod', ['system:masters'])}`,
      `--httpAddr=127.0.0.1:${http}`,
      `--grpcAddr=127.0.0.1:${grpc}`,
      `--monitoringAddr=127.0.0.1:${monitoring}`,
      `--ctrlz_port=${introspection}`,
      // Webhooks and mutual TLS, which need certificates, and nobody here asks for.
      '--httpsAddr=',
      '--secureGRPCAddr=',
    ],
    variables,
  });
  const url = `http://127.0.0.1:${http}`;
  await untilAnswers(process, controlPlane, url, startTimeoutMs);
  return { discoveryAddress: `127.0.0.1:${grpc}`, url, process, stop: () => process.kill() };
}

async function makeNamespace({ connection }: ControlPlane): Promise<void> {
  const { status } = await send(connection, 'GET', '/api/v1/namespaces/istio-system');
  if (status !== 404) return;
  await post(connection, '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'istio-system' },
  });
}

async function untilAnswers(
  process: ManagedProcess,
  { scope }: ControlPlane,
  url: string,
  timeoutMs: number,
): Promise<void> {
  const plain = { server: url, transport: undiciTransport(), credentials: noCredentials };
  try {
    await untilReady(process, scope.env, timeoutMs, async () =>
      (await send(plain, 'GET', '/ready')).status === 200 ? true : undefined,
    );
  } finally {
    await plain.transport.close();
  }
}
