import type { ManagedProcess, ProcessScope } from '../processes/managed-process.ts';
import { startProcess, untilReady } from '../processes/managed-process.ts';
import type { ApiServerProcess } from './api-server.ts';
import { send } from './request.ts';

/** A component of a control plane beside its API server. */
export interface ComponentOptions {
  readonly program: string;
  /** Further flags, which win over those here. */
  readonly args: readonly string[];
  readonly timeoutMs: number;
}

/**
 * Starts kube-controller-manager, each controller under its own service account as in clusters. Resolves when it has made
 * the service account `default`.
 */
export async function startControllerManager(
  scope: ProcessScope,
  server: ApiServerProcess,
  options: ComponentOptions,
): Promise<ManagedProcess> {
  const process = await startProcess(scope, {
    name: 'kube-controller-manager',
    program: options.program,
    args: [
      `--kubeconfig=${await server.identities.kubeconfigFor('system:kube-controller-manager', [])}`,
      `--service-account-private-key-file=${server.files.serviceAccountKey}`,
      `--root-ca-file=${server.files.ca}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      // At its default of 20 requests a second, its start alone takes 3 s longer, for its 40 service accounts.
      '--kube-api-qps=200',
      '--kube-api-burst=400',
      // No port: nobody scrapes it.
      '--secure-port=0',
      ...options.args,
    ],
  });
  const account = '/api/v1/namespaces/default/serviceaccounts/default';
  await untilReady(process, scope.env, options.timeoutMs, async () =>
    (await send(server.admin, 'GET', account)).status === 200 ? true : undefined,
  );
  return process;
}

/** Starts kube-scheduler. Pods that come before it is ready wait for it. */
export async function startScheduler(
  scope: ProcessScope,
  server: ApiServerProcess,
  options: ComponentOptions,
): Promise<ManagedProcess> {
  return startProcess(scope, {
    name: 'kube-scheduler',
    program: options.program,
    args: [
      `--kubeconfig=${await server.identities.kubeconfigFor('system:kube-scheduler', [])}`,
      '--leader-elect=false',
      '--secure-port=0',
      ...options.args,
    ],
  });
}
