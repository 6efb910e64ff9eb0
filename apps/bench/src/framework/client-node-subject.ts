/**
 * The benchmark's operator on @kubernetes/client-node alone, as its examples write one: two informers, and a handler
 * that reads and writes. Events of one object are handled one after the other, of all objects `WORKERS` at a time.
 */
import {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  makeInformer,
  type KubernetesObject,
  type V1ConfigMap,
} from '@kubernetes/client-node';

const [mode = 'reconcile', workers = '8'] = process.argv.slice(2);
const config = new KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(CoreV1Api);
const custom = config.makeApiClient(CustomObjectsApi);
const coordinates = { group: 'bench.canaryop.io', version: 'v1', namespace: 'default', plural: 'widgets' };

interface Widget extends KubernetesObject {
  readonly spec: { readonly text: string };
  readonly status?: { readonly text?: string; readonly observedGeneration?: number };
}

if (mode === 'cache') {
  const informer = makeInformer(config, '/api/v1/configmaps', () => core.listConfigMapForAllNamespaces());
  await informer.start();
  process.stdout.write('synced\n');
} else {
  const widgets = makeInformer<Widget>(
    config,
    '/apis/bench.canaryop.io/v1/namespaces/default/widgets',
    () => custom.listNamespacedCustomObject(coordinates) as never,
  );
  const children = makeInformer<V1ConfigMap>(config, '/api/v1/namespaces/default/configmaps', () =>
    core.listNamespacedConfigMap({ namespace: 'default' }),
  );
  const waiting = new Set<string>();
  const working = new Set<string>();
  const enqueue = (name: string | undefined): void => {
    if (name !== undefined) waiting.add(name);
    next();
  };
  const next = (): void => {
    for (const name of waiting) {
      if (working.size >= Number(workers)) return;
      if (working.has(name)) continue;
      waiting.delete(name);
      working.add(name);
      void reconcile(name)
        .catch(() => waiting.add(name))
        .finally(() => {
          working.delete(name);
          next();
        });
    }
  };
  const reconcile = async (name: string): Promise<void> => {
    const widget = widgets.get(name, 'default');
    if (widget === undefined) return;
    const { text } = widget.spec;
    const child = children.get(name, 'default');
    const data = { text };
    if (child === undefined)
      await core
        .createNamespacedConfigMap({
          namespace: 'default',
          body: { metadata: { name, ownerReferences: [ownerOf(widget)] }, data },
        })
        .catch((error: { code?: number }) => {
          if (error.code !== 409) throw error;
        });
    else if (child.data?.['text'] !== text)
      await core.replaceNamespacedConfigMap({
        name,
        namespace: 'default',
        body: { metadata: child.metadata ?? {}, data },
      });
    const observedGeneration = widget.metadata?.generation ?? 0;
    if (widget.status?.text === text && widget.status.observedGeneration === observedGeneration) return;
    await custom.replaceNamespacedCustomObjectStatus({
      ...coordinates,
      name,
      body: { ...widget, status: { text, observedGeneration } },
    });
  };
  for (const event of ['add', 'update'] as const) {
    widgets.on(event, ({ metadata }) => enqueue(metadata?.name));
    children.on(event, ({ metadata }) => enqueue(metadata?.ownerReferences?.[0]?.name));
  }
  await children.start();
  await widgets.start();
}

function ownerOf({ metadata }: Widget) {
  return {
    apiVersion: 'bench.canaryop.io/v1',
    kind: 'Widget',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}
