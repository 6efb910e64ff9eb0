import { formatTime } from '@canaryop/reconcile/env';

import type { ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../kinds/apps-v1.ts';
import type { Pod } from '../kinds/core-v1.ts';
import { isPodReady, untilAvailableMs } from './pod-readiness.ts';

/** The pod that a ReplicaSet makes: its template, named and owned. */
export function podFor(replicaSet: ReplicaSet, suffix: string): Pod {
  const { metadata, spec } = replicaSet.spec.template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${replicaSet.metadata.name}-${suffix}`,
      generateName: `${replicaSet.metadata.name}-`,
      ...(replicaSet.metadata.namespace === undefined ? {} : { namespace: replicaSet.metadata.namespace }),
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: replicaSet.metadata.name,
          uid: replicaSet.metadata.uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec,
  };
}

/** Whom to delete first: unscheduled, pending, not ready, then the youngest (the order of kube-controller-manager). */
export function deletionOrder(pods: readonly Pod[]): readonly Pod[] {
  const rank = (pod: Pod): number => {
    if (pod.spec.nodeName === undefined) return 0;
    if (pod.status?.phase !== 'Running') return 1;
    return isPodReady(pod) ? 3 : 2;
  };
  const born = (pod: Pod): string => pod.metadata.creationTimestamp ?? '';
  return [...pods].sort(
    (left, right) => rank(left) - rank(right) || (born(left) < born(right) ? 1 : born(left) > born(right) ? -1 : 0),
  );
}

/** The status of a ReplicaSet that has these active pods. */
export function replicaSetStatus(
  replicaSet: ReplicaSet,
  pods: readonly Pod[],
  at: { readonly nowMs: number; readonly failure: string | undefined },
): ReplicaSetStatus {
  const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0;
  const ready = pods.filter(isPodReady).length;
  const available = pods.filter((pod) => untilAvailableMs(pod, minReadySeconds, at.nowMs) === 0).length;
  const templateLabels = Object.entries(replicaSet.spec.template.metadata?.labels ?? {});
  const labeled = pods.filter((pod) => templateLabels.every(([key, value]) => pod.metadata.labels?.[key] === value));
  const { generation } = replicaSet.metadata;
  return {
    replicas: pods.length,
    ...(labeled.length === 0 ? {} : { fullyLabeledReplicas: labeled.length }),
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    ...(available === 0 ? {} : { availableReplicas: available }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(at.failure === undefined ? {} : { conditions: [failureCondition(replicaSet, at.failure, at.nowMs)] }),
  };
}

function failureCondition(replicaSet: ReplicaSet, message: string, nowMs: number): ReplicaSetCondition {
  const known = replicaSet.status?.conditions?.find((condition) => condition.type === 'ReplicaFailure');
  return {
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message,
    lastTransitionTime: known?.lastTransitionTime ?? formatTime(nowMs),
  };
}
