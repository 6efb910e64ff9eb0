import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';

import { startProcess, untilReady, type ManagedProcess, type ProcessScope } from '../processes/managed-process.ts';

/** A running etcd. */
export interface Etcd {
  readonly process: ManagedProcess;
  /** For `--etcd-servers`. */
  readonly url: string;
}

/**
 * Starts a single etcd that writes to disk without waiting for it. It listens on a socket in the scope's folder: no port
 * to find, and nobody else on this machine can open it.
 */
export async function startEtcd(
  scope: ProcessScope,
  options: { readonly program: string; readonly args: readonly string[]; readonly timeoutMs: number },
): Promise<Etcd> {
  // etcd wants a port in every URL and makes it a part of the file's name.
  const socket = join(scope.folder, 'etcd.sock:0');
  const url = `unix://${socket}`;
  const process = await startProcess(scope, {
    name: 'etcd',
    program: options.program,
    args: [
      `--data-dir=${join(scope.folder, 'etcd')}`,
      '--unsafe-no-fsync',
      `--listen-client-urls=${url}`,
      // What members tell each other and their clients about; there is one member, and its client knows.
      '--advertise-client-urls=http://localhost:0',
      '--listen-peer-urls=http://127.0.0.1:0',
      '--log-level=warn',
      ...options.args,
    ],
  });
  await untilReady(process, scope.env, options.timeoutMs, () => canConnect(socket));
  return { process, url };
}

async function canConnect(path: string): Promise<true> {
  const socket = connect({ path });
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}
