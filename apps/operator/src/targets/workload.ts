import { parseTime } from '@canaryop/reconcile/env';
import type { Deployment, Pod } from '@canaryop/reconcile/kinds';

import { alertAnnotation, httpPortName } from '../api/v1/names.ts';
import { revisionOf, type Revision } from '../api/v1/revision.ts';
import type { PodFacts } from '../rollout/observed.ts';
import type { WorkloadFacts } from './target.ts';

/** Reasons of a waiting container that no more waiting mends. One ErrImagePull is not among them: pulls are retried. */
const hopeless = new Set(['CrashLoopBackOff', 'ImagePullBackOff', 'InvalidImageName', 'CreateContainerConfigError']);

/**
 * What a Deployment and its pods say about a workload.
 * @param pods those that a Deployment of this name made
 * @param revision what its template runs
 */
export function deploymentFacts(deployment: Deployment, pods: readonly Pod[], revision: Revision): WorkloadFacts {
  const failure = pods
    .filter((pod) => isOf(pod, deployment))
    .map(failureOf)
    .find((found) => found !== undefined);
  return {
    uid: deployment.metadata.uid ?? '',
    revision,
    ...rolloutOf(deployment),
    terminating: deployment.metadata.deletionTimestamp !== undefined,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** What the counts of a Deployment come to. */
export function rolloutOf(deployment: Deployment): Pick<WorkloadFacts, 'readyPods' | 'ready'> {
  return { readyPods: deployment.status?.readyReplicas ?? 0, ready: isRolledOut(deployment) };
}

/** The pods of a Deployment that are not on their way out, one by one. */
export function podFacts(deployment: Deployment, pods: readonly Pod[]): readonly PodFacts[] {
  return pods
    .filter((pod) => isOf(pod, deployment))
    .map((pod) => ({ name: pod.metadata.name, restarts: restartsOf(pod) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** How often containers of a pod were started again, init containers among them. */
export function restartsOf({ status }: Pod): number {
  const { initContainerStatuses = [], containerStatuses = [] } = status ?? {};
  return [...initContainerStatuses, ...containerStatuses].reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** Whether every pod that was asked for runs the current template and is available, and no other pod is left. */
function isRolledOut({ spec, status = {}, metadata }: Deployment): boolean {
  const asked = spec?.replicas ?? 1;
  const isCurrent = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  const counts = [status.updatedReplicas, status.replicas, status.availableReplicas];
  return isCurrent && metadata.deletionTimestamp === undefined && asked > 0 && counts.every((count) => count === asked);
}

/** What the pod template of a Deployment of ours runs: the image and the named port of the application's container. */
export function templateRevision(deployment: Deployment, name: string): Revision {
  const containers = deployment.spec?.template.spec?.containers ?? [];
  const container = containers.find((candidate) => candidate.name === name);
  const port = container?.ports?.find((candidate) => candidate.name === httpPortName)?.containerPort ?? 0;
  return revisionOf(container?.image ?? '', port);
}

/** Pods of an earlier Deployment of the same name carry the same labels, but are older, or on their way out. */
function isOf(pod: Pod, deployment: Deployment): boolean {
  const born = parseTime(pod.metadata.creationTimestamp) ?? 0;
  const since = parseTime(deployment.metadata.creationTimestamp) ?? 0;
  return pod.metadata.deletionTimestamp === undefined && born >= since;
}

/** Why no more waiting mends a pod; undefined where it may. */
export function failureOf(pod: Pod): WorkloadFacts['failure'] {
  const alert = pod.metadata.annotations?.[alertAnnotation];
  if (alert !== undefined) return { reason: 'AlertFiring', message: `alert ${alert} names pod ${pod.metadata.name}` };
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  for (const { name, state } of [...initContainerStatuses, ...containerStatuses]) {
    const reason = state?.waiting?.reason;
    if (reason !== undefined && hopeless.has(reason)) {
      return { reason, message: `container ${name} of pod ${pod.metadata.name}` };
    }
  }
  return undefined;
}
