import type { KeyedCertificate } from './certificates.ts';

/** How a kubeconfig's user proves who it is. */
export type KubeconfigCredentials = KeyedCertificate | { readonly token: string };

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig with one cluster, one user and one context, as JSON, which is YAML too. */
export function kubeconfigText(options: {
  readonly url: string;
  readonly caPem: string;
  readonly user: string;
  readonly credentials: KubeconfigCredentials;
  /** @default default */
  readonly namespace?: string;
  /** Of cluster and context. @default simkube */
  readonly name?: string;
}): string {
  const { url, caPem, user, credentials, namespace = 'default', name = 'simkube' } = options;
  const proof =
    'token' in credentials
      ? { token: credentials.token }
      : {
          'client-certificate-data': base64(credentials.certificate),
          'client-key-data': base64(credentials.key),
        };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': base64(caPem) } }],
    users: [{ name: user, user: proof }],
    contexts: [{ name, context: { cluster: name, user, namespace } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
