import { formatTime } from '@canaryop/reconcile/env';

import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../kinds/core-v1.ts';

/** What a kubelet knows about a pod that it runs. */
export interface PodFacts {
  readonly address: string;
  readonly hostAddress: string;
  readonly startedAtMs: number;
  readonly containers: readonly ContainerStatus[];
}

const own = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'] as const;

/** The status of a pod. Conditions of others (readiness gates) are kept; transition times move only with the status. */
export function podStatus(pod: Pod, facts: PodFacts, nowMs: number): PodStatus {
  const phase = phaseOf(pod, facts.containers);
  const foreign = (pod.status?.conditions ?? []).filter((each) => !own.some((type) => type === each.type));
  const conditions = own.map((type) => conditionOf(pod, type, statusOf(type, pod, facts.containers), nowMs));
  return {
    ...pod.status,
    phase,
    conditions: [...conditions, ...foreign],
    hostIP: facts.hostAddress,
    hostIPs: [{ ip: facts.hostAddress }],
    podIP: facts.address,
    podIPs: [{ ip: facts.address }],
    startTime: formatTime(facts.startedAtMs),
    ...initStatuses(pod, facts.startedAtMs),
    containerStatuses: facts.containers,
  };
}

function phaseOf(pod: Pod, containers: readonly ContainerStatus[]): 'Pending' | 'Running' | 'Succeeded' | 'Failed' {
  if (containers.every((each) => each.state.terminated !== undefined)) {
    const isSuccess = containers.every((each) => each.state.terminated?.exitCode === 0);
    const isOver = pod.spec.restartPolicy === 'Never' || pod.metadata.deletionTimestamp !== undefined || isSuccess;
    if (isOver && (pod.spec.restartPolicy ?? 'Always') !== 'Always') return isSuccess ? 'Succeeded' : 'Failed';
    if (pod.metadata.deletionTimestamp !== undefined) return isSuccess ? 'Succeeded' : 'Failed';
  }
  const hasStarted = (each: ContainerStatus): boolean =>
    each.state.running !== undefined || each.state.terminated !== undefined || each.lastState.terminated !== undefined;
  return containers.every(hasStarted) ? 'Running' : 'Pending';
}

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

function statusOf(type: (typeof own)[number], pod: Pod, containers: readonly ContainerStatus[]): Verdict {
  if (type !== 'Ready' && type !== 'ContainersReady') return { status: 'True' };
  const isOver = containers.length > 0 && containers.every((each) => each.state.terminated?.exitCode === 0);
  const unready = containers.filter((each) => !each.ready).map((each) => each.name);
  if (unready.length > 0) {
    return isOver
      ? { status: 'False', reason: 'PodCompleted' }
      : {
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${unready.join(' ')}]`,
        };
  }
  const gates = type === 'Ready' ? (pod.spec.readinessGates ?? []) : [];
  const closed = gates.find(({ conditionType }) => {
    return !pod.status?.conditions?.some((each) => each.type === conditionType && each.status === 'True');
  });
  if (closed === undefined) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message: `corresponding condition of pod readiness gate "${closed.conditionType}" does not exist or is not true`,
  };
}

function conditionOf(pod: Pod, type: string, verdict: Verdict, nowMs: number): PodCondition {
  const known = pod.status?.conditions?.find((condition) => condition.type === type);
  const isSame = known?.status === verdict.status && known.lastTransitionTime !== undefined;
  return {
    type,
    ...verdict,
    lastProbeTime: null,
    lastTransitionTime: isSame ? (known.lastTransitionTime ?? null) : formatTime(nowMs),
  };
}

/** Init containers succeed at once: nothing that this world runs needs them. */
function initStatuses(pod: Pod, startedAtMs: number): Pick<PodStatus, 'initContainerStatuses'> {
  const { initContainers = [] } = pod.spec;
  if (initContainers.length === 0) return {};
  const at = formatTime(startedAtMs);
  return {
    initContainerStatuses: initContainers.map((container) => ({
      name: container.name,
      state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } },
      lastState: {},
      ready: true,
      started: false,
      restartCount: 0,
      image: container.image ?? '',
      imageID: '',
    })),
  };
}
