import { findPrograms } from '../../src/control-plane/index.ts';

/** Before any test: builds what every one of them needs, with progress lines that nothing swallows. */
export async function setup(): Promise<void> {
  await findPrograms(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok']);
}
