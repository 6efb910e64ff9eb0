/** The benchmark's operator on our library: `subject.js MODE WORKERS`, with the cluster in $KUBECONFIG. */
import {
  ConfigMap,
  controller,
  controllerReference,
  createManager,
  createOrUpdate,
  loadCluster,
  processEnv,
} from '@canaryop/reconcile';

import { Widget } from './widget.ts';

const [mode = 'reconcile', workers = '8'] = process.argv.slice(2);
const env = processEnv();
const { connection } = await loadCluster(env);
const manager = createManager({ env, connection, fieldManager: 'bench' });
const signal = new AbortController().signal;
if (mode === 'cache') {
  manager.informer(ConfigMap);
  void manager.start(signal);
  await manager.cache.synced();
  process.stdout.write('synced\n');
} else {
  manager.add(
    controller('widgets')
      .for(Widget)
      .owns(ConfigMap)
      .workers(Number(workers))
      .reconcile(async (key, context) => {
        const widget = context.lister(Widget).get(key);
        if (widget === undefined) return;
        const { text } = widget.spec;
        await createOrUpdate(context, ConfigMap, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { ...key, ownerReferences: [controllerReference(widget)] },
          data: { text },
        });
        const { generation = 0 } = widget.metadata;
        await context.client.updateStatus(Widget, widget, { text, observedGeneration: generation });
      }),
  );
  await manager.start(signal);
}
