import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

/** Of an operator's account that may do everything. */
export const ClusterRoleBinding = resourceKind<KubernetesObject>({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
});

export const ServiceAccount = resourceKind<KubernetesObject>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
});
