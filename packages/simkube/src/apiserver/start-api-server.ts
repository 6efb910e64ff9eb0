import { createApiServer, type ApiServer, type ApiServerOptions } from './api-server.ts';
import { adminUser } from './authn/user-info.ts';
import { certificateAuthority } from './tls/certificates.ts';
import { listenHttps } from './tls/https-listener.ts';
import { kubeconfigText } from './tls/kubeconfig.ts';

/** How a listening server is made. */
export interface ListenOptions extends ApiServerOptions {
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
}

/** An API server that kubectl can reach. */
export interface ListeningApiServer extends ApiServer {
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** The certificate that signs the server's, in PEM. */
  readonly caPem: string;
  /** Kubeconfig text of the administrator (a client certificate). */
  readonly kubeconfig: string;
  /** Kubeconfig text of a user (a client certificate), who may do what RBAC says. */
  kubeconfigOf(user: string, groups?: readonly string[]): Promise<string>;
  /** Kubeconfig text of a ServiceAccount (a token that lasts a day). */
  serviceAccountKubeconfig(namespace: string, name: string): string;
}

const daySeconds = 86_400;

/** Makes an API server and listens with TLS under a new CA. Rejects when the port is taken. */
export async function startApiServer(options: ListenOptions): Promise<ListeningApiServer> {
  const { host = '127.0.0.1', port: wantedPort = 0 } = options;
  const authority = await certificateAuthority(options.env.clock.now());
  const { username, groups } = adminUser;
  const [serverCertificate, admin] = await Promise.all([
    authority.server(
      ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
      [...new Set([host, '127.0.0.1'])],
    ),
    authority.client(
      username,
      groups.filter((group) => group !== 'system:authenticated'),
    ),
  ]);
  const server = createApiServer(options);
  const caPem = authority.certificate;
  const listener = await listenHttps(server.handler, { host, port: wantedPort, caPem, server: serverCertificate });
  const url = `https://${host}:${listener.port}`;
  return {
    ...server,
    url,
    port: listener.port,
    caPem,
    kubeconfig: kubeconfigText({ url, caPem, user: username, credentials: admin }),
    kubeconfigOf: async (user, ofGroups = []) =>
      kubeconfigText({ url, caPem, user, credentials: await authority.client(user, ofGroups) }),
    serviceAccountKubeconfig: (namespace, name) =>
      kubeconfigText({
        url,
        caPem,
        user: name,
        namespace,
        credentials: { token: server.serviceAccountToken(namespace, name, daySeconds) },
      }),
    close: async () => {
      await server.close();
      await listener.close();
    },
  };
}
