import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { noCredentials, undiciTransport, type ClusterConnection } from '@canaryop/reconcile/client';
import { uuid, type Env } from '@canaryop/reconcile/env';
import { kubeconfigText, type CertificateAuthority, type KubeconfigCredentials } from '@canaryop/simkube/tls';

/** Ways to speak to one API server as someone. */
export interface Identities {
  /** Writes a kubeconfig with a client certificate, and resolves with the path. */
  kubeconfigFor(user: string, groups: readonly string[]): Promise<string>;
  /** A connection with a client certificate. It is closed with the others. */
  connectionFor(user: string, groups: readonly string[]): Promise<ClusterConnection>;
  /** Writes a kubeconfig with a token, and resolves with the path. */
  kubeconfigWithToken(user: string, namespace: string, token: string): Promise<string>;
  /** Ends the connections. */
  close(): Promise<void>;
}

/** What identities are made from. */
export interface IdentityOptions {
  readonly env: Env;
  /** Where kubeconfigs are written, readable by this user only. */
  readonly folder: string;
  /** Of the API server, `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly authority: CertificateAuthority;
}

/** Identities that the API server at `url` believes, because it trusts `authority`. */
export function identities(options: IdentityOptions): Identities {
  const { env, folder, url, authority } = options;
  const caPem = authority.certificate;
  const open: ClusterConnection[] = [];
  const write = async (user: string, credentials: KubeconfigCredentials, namespace?: string): Promise<string> => {
    const path = join(folder, `${uuid(env.random)}.kubeconfig`);
    const name = 'control-plane';
    const text = kubeconfigText({
      name,
      url,
      caPem,
      user,
      credentials,
      ...(namespace === undefined ? {} : { namespace }),
    });
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  return {
    kubeconfigFor: async (user, groups) => write(user, await authority.client(user, groups)),
    connectionFor: async (user, groups) => {
      const { certificate: cert, key } = await authority.client(user, groups);
      const transport = undiciTransport({ tls: { ca: caPem, cert, key } });
      const connection: ClusterConnection = { server: url, transport, credentials: noCredentials };
      open.push(connection);
      return connection;
    },
    kubeconfigWithToken: (user, namespace, token) => write(user, { token }, namespace),
    close: async () => {
      await Promise.all(open.splice(0).map(({ transport }) => transport.close()));
    },
  };
}
