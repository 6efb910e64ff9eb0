import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';

import { objectCount } from './config-maps.ts';
import type { Subject } from './informer-report.ts';

/** @kubernetes/client-node on a kubeconfig. */
export function clientNodeSubject(kubeconfig: string): Promise<Subject> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const namespace = 'default';
  return Promise.resolve({
    sync: async (onChange) => {
      const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, () =>
        api.listNamespacedConfigMap({ namespace }),
      );
      informer.on('update', onChange);
      await informer.start();
      if (informer.list().length < objectCount) throw new Error(`it has ${informer.list().length} objects only`);
    },
    read: async (name) => {
      await api.readNamespacedConfigMap({ namespace, name });
    },
  });
}
