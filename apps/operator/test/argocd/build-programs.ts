import { findPrograms } from '@canaryop/testkit/control-plane';

/** Before any test: builds what all of them need, unless it is there. */
export async function setup(): Promise<void> {
  await findPrograms(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok', 'argocd']);
}
