import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

/** An ordinary small object: labels, an annotation, a controller's ownership, a few hundred bytes of data. */
export interface ConfigMap extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

export const ConfigMap = resourceKind<ConfigMap>({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps' });

/** How many objects are loaded. */
export const objectCount = 10_000;
/** How many of them change. */
export const changeCount = 5_000;
/** Sequential reads of one object. */
export const readCount = 200;

/** The object with this number. */
export function configMap(index: number, round = 0): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      namespace: 'default',
      name: `object-${index}`,
      labels: { app: `app-${index % 100}`, round: String(round) },
      annotations: { 'example.com/note': 'an annotation of usual length, as tools leave them' },
    },
    data: { 'config.yaml': `index: ${index}\nround: ${round}\n${'key: value\n'.repeat(30)}` },
  };
}
