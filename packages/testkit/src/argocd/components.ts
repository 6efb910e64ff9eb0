import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';

import {
  freePort,
  startProcess,
  untilReady,
  type ManagedProcess,
  type ProcessOptions,
  type ProcessScope,
} from '../control-plane/index.ts';

/** A program of Argo CD. */
export interface ArgoCdComponent {
  /** argocd: one program for all of them, told by a variable which one it is. */
  readonly program: string;
  readonly timeoutMs: number;
}

/** Its cache. It listens on a socket in the scope's folder: no port to find, and nobody else can open it. */
export async function startRedis(
  scope: ProcessScope,
  timeoutMs: number,
): Promise<{ process: ManagedProcess; socket: string }> {
  const socket = join(scope.folder, 'redis.sock');
  const args = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700', '--save', '', '--appendonly', 'no'];
  const process = await startProcess(scope, { name: 'redis-server', program: 'redis-server', args }).catch(
    (error: unknown) => {
      throw isMissing(error)
        ? new Error('there is no redis-server on the PATH, which Argo CD needs; install redis')
        : error;
    },
  );
  await untilReady(process, scope.env, timeoutMs, () => canConnect({ path: socket }));
  return { process, socket };
}

/** What reads git and renders manifests. Resolves with its address, `127.0.0.1:PORT`. */
export async function startRepoServer(
  scope: ProcessScope,
  component: ArgoCdComponent,
  redis: string,
): Promise<{ process: ManagedProcess; address: string }> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const process = await startProcess(scope, {
    ...command('argocd-repo-server', component, {
      // It reads no signatures, and none of these folders is there outside of its image.
      ARGOCD_GPG_ENABLED: 'false',
      ARGOCD_GNUPGHOME: join(scope.folder, 'gnupg'),
      ARGOCD_TLS_DATA_PATH: join(scope.folder, 'tls'),
      ARGOCD_SSH_DATA_PATH: join(scope.folder, 'ssh'),
      ARGOCD_PLUGINSOCKFILEPATH: join(scope.folder, 'plugins'),
      ARGOCD_ASK_PASS_SOCK: join(scope.folder, 'ask-pass.sock'),
    }),
    args: [
      '--address=127.0.0.1',
      `--port=${port}`,
      '--metrics-address=127.0.0.1',
      `--metrics-port=${metricsPort}`,
      '--disable-tls',
      `--redis=${redis}`,
    ],
  });
  await untilReady(process, scope.env, component.timeoutMs, () => canConnect({ host: '127.0.0.1', port }));
  return { process, address: `127.0.0.1:${port}` };
}

/** Where the application controller finds the others. */
export interface ApplicationControllerOptions extends ArgoCdComponent {
  readonly redis: string;
  readonly repoServer: string;
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly resyncSeconds: number;
}

/** What compares and syncs. It has no flag for the address of its metrics, which are on every interface. */
export async function startApplicationController(
  scope: ProcessScope,
  options: ApplicationControllerOptions,
): Promise<{ process: ManagedProcess }> {
  const metricsPort = await freePort();
  const process = await startProcess(scope, {
    ...command('argocd-application-controller', options, {
      // The destination https://kubernetes.default.svc is the cluster of this kubeconfig.
      ARGOCD_FAKE_IN_CLUSTER: 'true',
      KUBECONFIG: options.kubeconfig,
    }),
    args: [
      `--kubeconfig=${options.kubeconfig}`,
      `--namespace=${options.namespace}`,
      `--repo-server=${options.repoServer}`,
      '--repo-server-plaintext',
      `--redis=${options.redis}`,
      `--app-resync=${options.resyncSeconds}`,
      '--app-resync-jitter=0',
      // Each object's health is in the Application's status, where tests can read it without Argo CD's API server.
      '--persist-resource-health',
      `--metrics-port=${metricsPort}`,
    ],
  });
  await untilReady(process, scope.env, options.timeoutMs, () => canConnect({ host: '127.0.0.1', port: metricsPort }));
  return { process };
}

function command(
  name: string,
  { program }: ArgoCdComponent,
  variables: Readonly<Record<string, string>>,
): Omit<ProcessOptions, 'args'> {
  return { name, program, variables: { ARGOCD_BINARY_NAME: name, ...variables } };
}

async function canConnect(address: { path: string } | { host: string; port: number }): Promise<true> {
  const socket = connect(address);
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
