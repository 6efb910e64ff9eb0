import type { Pod } from '@canaryop/reconcile/kinds';
import { present } from '@canaryop/reconcile/object';

import { revisionAnnotation } from '../../api/v1/names.ts';
import type { Revision } from '../../api/v1/revision.ts';
import type { WorkloadFacts } from '../target.ts';
import { failureOf, restartsOf } from '../workload.ts';
import { isClone } from './cloned-pod.ts';

/** Whether a pod takes requests. */
export function isServing({ metadata, status }: Pod): boolean {
  const isReady = status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true;
  return isReady && metadata.deletionTimestamp === undefined;
}

/** Whether a pod has ended for good, for instance because its node needed the room. */
export function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

/**
 * What one pod says, as the secondary workload that it is. One that is not what it should be says nothing about the
 * revision on trial, and takes no part in it.
 * @param wanted the pod as it should be; undefined where that can't be told
 */
export function canaryPodFacts(pod: Pod, revision: Revision, wanted: Pod | undefined): WorkloadFacts {
  const { uid = '', annotations, deletionTimestamp } = pod.metadata;
  const isCurrent = wanted !== undefined && isClone(pod, wanted) && !hasEnded(pod) && deletionTimestamp === undefined;
  const { ready, ...shown } = isCurrent ? currentFacts(pod) : { ready: false, pods: [] };
  const id = annotations?.[revisionAnnotation] ?? '';
  return present({
    uid,
    revision: id === revision.id ? revision : { ...revision, id },
    readyPods: Number(ready),
    ready,
    terminating: deletionTimestamp !== undefined,
    ...shown,
  });
}

/** What a pod says that is as it should be. */
function currentFacts(pod: Pod): Pick<WorkloadFacts, 'ready' | 'pods'> & Pick<Partial<WorkloadFacts>, 'failure'> {
  return present({
    ready: isServing(pod),
    pods: [{ name: pod.metadata.name, restarts: restartsOf(pod) }],
    failure: failureOf(pod) ?? restart(pod),
  });
}

/**
 * Nobody asked for another start, so that the first one ended badly, or did not answer its probe. A container that has
 * ended counts already: when it starts again is a matter of back-off.
 */
function restart(pod: Pod): WorkloadFacts['failure'] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const again =
    [...initContainerStatuses, ...containerStatuses].find(({ restartCount }) => restartCount > 0) ??
    containerStatuses.find(({ state }) => state?.terminated !== undefined);
  if (again === undefined) return undefined;
  const { reason, exitCode } = again.state?.terminated ?? again.lastState?.terminated ?? {};
  const why = exitCode === undefined ? '' : `, exit code ${exitCode}${reason === undefined ? '' : ` (${reason})`}`;
  return { reason: 'Restarted', message: `container ${again.name} of pod ${pod.metadata.name} has ended${why}` };
}
