import { formatTime, parseTime } from '@canaryop/reconcile/env';

import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../kinds/apps-v1.ts';
import { fenceposts } from './replica-math.ts';

type ConditionType = DeploymentCondition['type'];
type NewCondition = Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>;

/** `progressDeadlineSeconds` of this value means that there is none. */
const noDeadline = 2 ** 31 - 1;

/** What the status of a Deployment is computed from. */
export interface DeploymentView {
  readonly deployment: Deployment;
  /** The ReplicaSet of the current template, when it exists. */
  readonly fresh: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  readonly nowMs: number;
}

/** The whole status, conditions included. `lastUpdateTime` moves only when there was progress or a new condition. */
export function deploymentStatus(view: DeploymentView): DeploymentStatus {
  const counts = replicaStatus(view);
  const conditions = new Map((view.deployment.status?.conditions ?? []).map((each) => [each.type, each]));
  setCondition(conditions, availableCondition(view, counts), view.nowMs);
  const progress = progressingCondition(view, counts);
  if (progress !== undefined) setCondition(conditions, progress, view.nowMs, hasProgressed(view, counts));
  const failure = replicaFailure(view);
  if (failure === undefined) conditions.delete('ReplicaFailure');
  else setCondition(conditions, failure, view.nowMs);
  return { ...counts, conditions: [...conditions.values()] };
}

function replicaStatus({ deployment, fresh, old }: DeploymentView): DeploymentStatus {
  const all = fresh === undefined ? old : [...old, fresh];
  const sum = (count: (replicaSet: ReplicaSet) => number | undefined): number =>
    all.reduce((total, each) => total + (count(each) ?? 0), 0);
  const desired = sum((each) => each.spec.replicas);
  const available = sum((each) => each.status?.availableReplicas);
  const counts = {
    replicas: sum((each) => each.status?.replicas),
    updatedReplicas: fresh?.status?.replicas ?? 0,
    readyReplicas: sum((each) => each.status?.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, desired - available),
  };
  const { generation } = deployment.metadata;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
  };
}

function availableCondition({ deployment }: DeploymentView, counts: DeploymentStatus): NewCondition {
  const required = (deployment.spec.replicas ?? 1) - fenceposts(deployment.spec).maxUnavailable;
  return (counts.availableReplicas ?? 0) >= required
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function progressing(status: NewCondition['status'], reason: string, message: string): NewCondition {
  return { type: 'Progressing', status, reason, message };
}

/** Undefined leaves the condition as it is. */
function progressingCondition(view: DeploymentView, counts: DeploymentStatus): NewCondition | undefined {
  const { deployment } = view;
  const known = conditionOf(deployment, 'Progressing');
  if (deployment.spec.paused === true) {
    return known?.reason === 'ProgressDeadlineExceeded'
      ? undefined
      : progressing('Unknown', 'DeploymentPaused', 'Deployment is paused');
  }
  return known?.reason === 'DeploymentPaused'
    ? progressing('Unknown', 'DeploymentResumed', 'Deployment is resumed')
    : rolloutCondition(view, counts);
}

function isRolling(deployment: Deployment, counts: DeploymentStatus): boolean {
  const known = conditionOf(deployment, 'Progressing');
  return counts.replicas !== counts.updatedReplicas || known?.reason !== 'NewReplicaSetAvailable';
}

function rolloutCondition(view: DeploymentView, counts: DeploymentStatus): NewCondition | undefined {
  const { deployment, fresh } = view;
  const known = conditionOf(deployment, 'Progressing');
  const subject =
    fresh === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${fresh.metadata.name}"`;
  if (!isRolling(deployment, counts) || deadlineMs(deployment) === undefined) return undefined;
  if (isComplete(deployment, counts)) {
    return progressing('True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`);
  }
  if (hasProgressed(view, counts)) return progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`);
  if (isTimedOut(deployment, view.nowMs)) {
    return progressing('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`);
  }
  const isNew = known === undefined || known.reason === 'NewReplicaSetAvailable';
  return isNew && fresh !== undefined
    ? progressing('True', 'NewReplicaSetCreated', `Created new replica set "${fresh.metadata.name}"`)
    : undefined;
}

/** Whether all replicas are of the current template and available, and nothing else is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const replicas = deployment.spec.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === replicas &&
    (status.replicas ?? 0) === replicas &&
    (status.availableReplicas ?? 0) === replicas
  );
}

function hasProgressed({ deployment }: DeploymentView, counts: DeploymentStatus): boolean {
  const before = deployment.status ?? {};
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (counts.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(counts) < old(before) ||
    (counts.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (counts.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isTimedOut(deployment: Deployment, nowMs: number): boolean {
  const known = conditionOf(deployment, 'Progressing');
  if (known === undefined || known.reason === 'NewReplicaSetAvailable') return false;
  if (known.reason === 'ProgressDeadlineExceeded') return true;
  const left = untilDeadlineMs(deployment, nowMs);
  return left !== undefined && left <= 0;
}

/** Milliseconds until the rollout counts as stuck; undefined when it is complete, was judged, or has no deadline. */
export function untilDeadlineMs(deployment: Deployment, nowMs: number): number | undefined {
  const known = conditionOf(deployment, 'Progressing');
  const deadline = deadlineMs(deployment);
  const since = parseTime(known?.lastUpdateTime);
  if (deadline === undefined || since === undefined || deployment.spec.paused === true) return undefined;
  if (known?.reason === 'NewReplicaSetAvailable' || known?.reason === 'ProgressDeadlineExceeded') return undefined;
  return since + deadline - nowMs;
}

function deadlineMs(deployment: Deployment): number | undefined {
  const seconds = deployment.spec.progressDeadlineSeconds ?? 600;
  return seconds >= noDeadline ? undefined : seconds * 1000;
}

function replicaFailure({ fresh, old }: DeploymentView): NewCondition | undefined {
  const failing = [...(fresh === undefined ? [] : [fresh]), ...old]
    .flatMap((replicaSet) => replicaSet.status?.conditions ?? [])
    .find((condition) => condition.type === 'ReplicaFailure' && condition.status === 'True');
  return failing === undefined
    ? undefined
    : { type: 'ReplicaFailure', status: 'True', reason: failing.reason, message: failing.message };
}

/** The condition of this type, if there is one. */
function conditionOf(deployment: Deployment, type: ConditionType): DeploymentCondition | undefined {
  return deployment.status?.conditions?.find((condition) => condition.type === type);
}

function setCondition(
  conditions: Map<ConditionType, DeploymentCondition>,
  next: NewCondition,
  nowMs: number,
  touch = false,
): void {
  const known = conditions.get(next.type);
  if (known?.status === next.status && known.reason === next.reason && !touch) return;
  const now = formatTime(nowMs);
  conditions.set(next.type, {
    ...next,
    lastUpdateTime: now,
    lastTransitionTime: known?.status === next.status ? known.lastTransitionTime : now,
  });
}
