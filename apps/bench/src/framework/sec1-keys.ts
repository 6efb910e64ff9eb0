import { createPrivateKey } from 'node:crypto';

/**
 * A kubeconfig whose keys of elliptic curves are in SEC 1, as those of `openssl ecparam` and k3s are. The Java client
 * reads no others, and all the rest read both.
 */
export function withSec1Keys(kubeconfig: string): string {
  return kubeconfig.replaceAll(/(?<="client-key-data": ")[^"]+/gu, (data) => {
    const key = createPrivateKey(Buffer.from(data, 'base64'));
    if (key.asymmetricKeyType !== 'ec') return data;
    return Buffer.from(key.export({ type: 'sec1', format: 'pem' })).toString('base64');
  });
}
