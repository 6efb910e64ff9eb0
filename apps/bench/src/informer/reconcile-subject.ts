import { createCache } from '@canaryop/reconcile/cache';
import { createClient, kubeConfigConnection } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';

import { ConfigMap } from './config-maps.ts';
import type { Subject } from './informer-report.ts';

/** Our library on a kubeconfig. */
export async function reconcileSubject(kubeconfig: string): Promise<Subject> {
  const env = processEnv();
  const { connection } = await kubeConfigConnection(env, { path: kubeconfig });
  const client = createClient({ env, connection, fieldManager: 'bench' });
  return {
    sync: async (onChange) => {
      const cache = createCache({ env, connection, fieldManager: 'bench' });
      const informer = cache.informer(ConfigMap, { namespace: 'default' });
      informer.onChange((change) => {
        if (change.type === 'updated') onChange();
      });
      void cache.start(new AbortController().signal);
      await cache.synced();
    },
    read: async (name) => {
      await client.get(ConfigMap, { namespace: 'default', name });
    },
  };
}
