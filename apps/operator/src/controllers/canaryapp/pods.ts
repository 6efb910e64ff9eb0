import { Deployment, type Pod } from '@canaryop/reconcile/kinds';
import { present } from '@canaryop/reconcile/object';

import { canaryForLabel } from '../../api/v1/names.ts';
import { indexKey } from './index-key.ts';

/** Pods by what made them: the Deployment, where it was one. */
export const byController = 'controller';

/** What made a pod. */
export interface PodController {
  readonly kind: string;
  readonly name: string;
}

/** A ReplicaSet is named after its Deployment and the hash of the template, which its pods carry as a label. */
export function controllerOf({ metadata }: Pod): PodController | undefined {
  const { labels = {}, ownerReferences = [] } = metadata;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  const hash = labels['pod-template-hash'];
  if (owner?.kind !== 'ReplicaSet' || hash === undefined) return owner;
  return { kind: Deployment.kind, name: owner.name.slice(0, -(hash.length + 1)) };
}

/** The values of the index `byController`. */
export function controllerKeys(pod: Pod): readonly string[] {
  const controller = controllerOf(pod);
  if (controller === undefined) return [];
  return [indexKey(pod.metadata.namespace ?? '', controller.kind, controller.name)];
}

/** Of a pod only what tells whether it can start; of one that is tried alone, also whether it serves. */
export function withStatusOnly({ apiVersion, kind, metadata, status = {} }: Pod): Pod {
  if (metadata.labels?.[canaryForLabel] !== undefined) return { apiVersion, kind, metadata, status };
  const { containerStatuses, initContainerStatuses } = status;
  return { apiVersion, kind, metadata, status: present({ containerStatuses, initContainerStatuses }) };
}
