import { Deployment, type Pod } from '@canaryop/reconcile/kinds';
import { present } from '@canaryop/reconcile/object';

/** Pods by `namespace/kind/name` of the Deployment or DaemonSet that they came from. */
export const byController = 'controller';

/** The index value of a controller's pods. */
export function controllerKey(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}

/** A ReplicaSet is named after its Deployment and the hash of the template, which its pods carry as a label. */
export function controllersOf({ metadata }: Pod): readonly string[] {
  const { namespace = '', labels = {}, ownerReferences = [] } = metadata;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner === undefined) return [];
  const hash = labels['pod-template-hash'];
  if (owner.kind !== 'ReplicaSet' || hash === undefined) return [controllerKey(namespace, owner.kind, owner.name)];
  return [controllerKey(namespace, Deployment.kind, owner.name.slice(0, -(hash.length + 1)))];
}

/** Of a pod only what tells whether it can start. */
export function withStatusOnly({ apiVersion, kind, metadata, status = {} }: Pod): Pod {
  const { containerStatuses, initContainerStatuses } = status;
  return { apiVersion, kind, metadata, status: present({ containerStatuses, initContainerStatuses }) };
}
