import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  findProgram,
  moduleFolder,
  type ControlPlane,
  type ManagedProcess,
  type ProcessScope,
} from '../control-plane/index.ts';
import type { ArgoCd, ArgoCdOptions } from './argocd.ts';
import { startApplicationController, startRedis, startRepoServer } from './components.ts';
import { applyConfiguration } from './configuration.ts';

const namespace = 'argocd';
const user = 'argocd-application-controller';
/** Its own role allows everything too. */
const groups = ['system:masters'];

/**
 * Starts Argo CD on a control plane: its CRDs and configuration, redis, repo-server and application-controller. An
 * Application's destination `https://kubernetes.default.svc` is that control plane; its source may be a `file://`
 * repository. Once on each control plane.
 *
 * argocd is taken from `KUBEBUILDER_ASSETS`, else built with Go, once; the manifests are read from its Go module.
 * redis-server, git and kubectl are taken from the PATH. Rejects, with the end of a log, when something does not start.
 */
export async function startArgoCd(controlPlane: ControlPlane, options: ArgoCdOptions = {}): Promise<ArgoCd> {
  const {
    onProgress = toStandardError,
    startTimeoutMs: timeoutMs = 60_000,
    resyncSeconds = 20,
    components = [],
  } = options;
  const { env } = controlPlane.scope;
  const program = await findProgram('argocd', { env, onProgress });
  const folder = join(controlPlane.scope.folder, 'argocd');
  await mkdir(folder);
  const scope: ProcessScope = { ...controlPlane.scope, folder };
  const startedMs = env.clock.monotonic();
  const configuration = {
    env,
    folder,
    kubeconfig: controlPlane.adminKubeconfig,
    connection: controlPlane.connection,
    moduleFolder: await moduleFolder('argocd', 'github.com/argoproj/argo-cd/v3'),
    components,
  };
  const component = { program, timeoutMs };
  const processes: ManagedProcess[] = [];
  const started = <P extends { readonly process: ManagedProcess }>(part: P): P => {
    processes.push(part.process);
    return part;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(processes.splice(0).map((process) => process.kill()));
  };
  try {
    onProgress('starting Argo CD: its CRDs and configuration, redis, repo-server');
    const { socket } = started(await startRedis(scope, timeoutMs));
    const [{ address }, kubeconfig] = await Promise.all([
      startRepoServer(scope, component, socket).then(started),
      controlPlane.kubeconfigFor(user, groups),
      applyConfiguration(configuration),
    ]);
    const given = { redis: socket, repoServer: address, kubeconfig, namespace, resyncSeconds };
    started(await startApplicationController(scope, { ...component, ...given }));
  } catch (error) {
    await stop();
    throw error;
  }
  const pids = Object.fromEntries(processes.map(({ name, pid }) => [name, pid]));
  onProgress(`Argo CD is up after ${Math.round((env.clock.monotonic() - startedMs) / 100) / 10} s`);
  return { namespace, user, pids, stop };
}

function toStandardError(line: string): void {
  process.stderr.write(`argocd: ${line}\n`);
}
