import type * as core from 'kubernetes-types/core/v1.d.ts';

import type { KubernetesObject } from '../object/object.ts';
import { resourceKind } from '../object/resource-kind.ts';

/** Core `v1` Pod. */
export type Pod = KubernetesObject & Pick<core.Pod, 'spec' | 'status'>;
/** Its name on the wire. */
export const Pod = resourceKind<Pod>({ group: '', version: 'v1', kind: 'Pod', plural: 'pods' });

/** Core `v1` Service. */
export type Service = KubernetesObject & Pick<core.Service, 'spec' | 'status'>;
/** Its name on the wire. */
export const Service = resourceKind<Service>({ group: '', version: 'v1', kind: 'Service', plural: 'services' });

/** Core `v1` ConfigMap. */
export type ConfigMap = KubernetesObject & Pick<core.ConfigMap, 'data' | 'binaryData' | 'immutable'>;
/** Its name on the wire. */
export const ConfigMap = resourceKind<ConfigMap>({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps' });

/** Core `v1` Namespace. */
export type Namespace = KubernetesObject & Pick<core.Namespace, 'spec' | 'status'>;
/** Its name on the wire. */
export const Namespace = resourceKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
});

/** Core `v1` Secret. */
export type Secret = KubernetesObject & Pick<core.Secret, 'data' | 'immutable' | 'type'>;
/** Its name on the wire. */
export const Secret = resourceKind<Secret>({ group: '', version: 'v1', kind: 'Secret', plural: 'secrets' });
