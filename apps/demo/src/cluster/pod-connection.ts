import { renewableConnection, undiciTransport, type ClusterConnection } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';
import type { ListeningApiServer, ProgramContext } from '@canaryop/simkube';

/** Tokens last an hour. */
const maxAgeMs = 60_000;

/** What an in-cluster client does with its mounted files: the API server over TLS, as the pod's service account. */
export function podConnection(
  context: ProgramContext,
  env: Env,
  { url, caPem }: Pick<ListeningApiServer, 'url' | 'caPem'>,
): ClusterConnection {
  return renewableConnection({
    env,
    server: url,
    maxAgeMs,
    connect: (tls) => undiciTransport({ tls }),
    load: () => {
      const token = context.serviceAccountToken();
      if (token === undefined) throw new Error('the pod has no service account token');
      return Promise.resolve({ headers: { authorization: `Bearer ${token}` }, tls: { ca: caPem } });
    },
  });
}
