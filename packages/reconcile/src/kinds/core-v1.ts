import type * as core from 'kubernetes-types/core/v1.d.ts';

import type { KubernetesObject } from '../object/object.ts';
import { resourceKind } from '../object/resource-kind.ts';

export type Pod = KubernetesObject & Pick<core.Pod, 'spec' | 'status'>;
export const Pod = resourceKind<Pod>({ group: '', version: 'v1', kind: 'Pod', plural: 'pods' });

export type Service = KubernetesObject & Pick<core.Service, 'spec' | 'status'>;
export const Service = resourceKind<Service>({ group: '', version: 'v1', kind: 'Service', plural: 'services' });

export type ConfigMap = KubernetesObject & Pick<core.ConfigMap, 'data' | 'binaryData' | 'immutable'>;
export const ConfigMap = resourceKind<ConfigMap>({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps' });

export type Namespace = KubernetesObject & Pick<core.Namespace, 'spec' | 'status'>;
export const Namespace = resourceKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
});
