import { formatTime, type Env } from '@canaryop/reconcile/env';
import { keyOf, keyText, type ObjectKey } from '@canaryop/reconcile/object';

import type { Loopback } from '../apiserver/loopback.ts';
import type { EventSink } from '../controllers/event-writer.ts';
import { nodeKind, podKind, type Node, type Pod } from '../kinds/core-v1.ts';
import type { ContainerRunner } from './container-runner.ts';
import { readLog, type PodLogOptions, type PodLogs } from './pod-logs.ts';
import type { PodNetwork } from './pod-network.ts';
import { PodWorker } from './pod-worker.ts';
import type { ImageBehaviour } from './program.ts';

/** A kubelet and its node. */
export interface KubeletOptions {
  readonly env: Env;
  readonly api: Loopback;
  readonly events: EventSink;
  readonly network: PodNetwork;
  readonly nodeName: string;
  /** Reaction time to a pod. */
  readonly latencyMs: number;
  readonly behaviourOf: (image: string) => ImageBehaviour;
  readonly token: (pod: Pod) => string | undefined;
}

const hostAddress = '192.168.49.2';

/** Registers one node and runs the pods that are bound to it. */
export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #workers = new Map<string, PodWorker>();
  readonly #uids = new Map<string, string>();
  #unsubscribe: (() => void) | undefined;

  constructor(options: KubeletOptions) {
    this.#options = options;
  }

  start(): void {
    this.#register();
    this.#unsubscribe = this.#options.api.watch(podKind, ({ type, object }) => {
      if (type === 'DELETED') this.#forget(object);
      else if (object.spec.nodeName === this.#options.nodeName) this.#observe(object);
    });
  }

  /** Kills every pod's processes; the objects stay. */
  stop(): void {
    this.#unsubscribe?.();
    for (const worker of this.#workers.values()) worker.kill();
    this.#workers.clear();
    this.#uids.clear();
  }

  /** The log of a container, as `pods/log` answers. */
  podLogs(key: ObjectKey, options: PodLogOptions = {}): PodLogs {
    const worker = this.#workers.get(this.#uids.get(keyText(key)) ?? '');
    const pod = this.#options.api.get(podKind, key);
    if (pod === undefined || worker === undefined) return refusal(404, `pods "${key.name}" not found`);
    const names = pod.spec.containers.map((container) => container.name);
    const name = options.container ?? names[0] ?? '';
    if (options.container === undefined && names.length > 1) {
      const choice = `choose one of: [${names.join(' ')}]`;
      return refusal(400, `a container name must be specified for pod ${key.name}, ${choice}`);
    }
    const runner = worker.container(name);
    if (runner === undefined) return refusal(400, `container ${name} is not valid for pod ${key.name}`);
    const subject = `container "${name}" in pod "${key.name}"`;
    const problem = logProblem(runner, options.previous === true, subject);
    if (problem !== undefined) return refusal(400, problem);
    return { ok: true, lines: readLog(runner.log, options, this.#options.env.clock.now()) };
  }

  #observe(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.#workers.get(uid);
    if (known !== undefined) {
      known.observe(pod);
      return;
    }
    const worker = new PodWorker({ ...this.#options, hostAddress }, pod);
    this.#workers.set(uid, worker);
    this.#uids.set(keyText(keyOf(pod)), uid);
    worker.start();
    if (pod.metadata.deletionTimestamp !== undefined) worker.observe(pod);
  }

  #forget(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    this.#workers.get(uid)?.kill();
    this.#workers.delete(uid);
    if (this.#uids.get(keyText(keyOf(pod))) === uid) this.#uids.delete(keyText(keyOf(pod)));
  }

  #register(): void {
    const { api, nodeName, env } = this.#options;
    if (api.get(nodeKind, { name: nodeName }) !== undefined) return;
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: nodeName, labels: { 'kubernetes.io/hostname': nodeName, 'kubernetes.io/os': 'linux' } },
      spec: { podCIDR: '10.244.0.0/16', providerID: `simkube://${nodeName}` },
    };
    api.updateStatus(nodeKind, {
      ...api.create(nodeKind, node),
      status: nodeStatus(formatTime(env.clock.now()), nodeName),
    });
  }
}

/** Why a container has no such log, or undefined. */
function logProblem(
  { status, waitingReason }: ContainerRunner,
  previous: boolean,
  subject: string,
): string | undefined {
  if (previous)
    return status.lastState.terminated === undefined ? `previous terminated ${subject} not found` : undefined;
  const reason = waitingReason ?? 'ContainerCreating';
  return status.containerID === undefined ? `${subject} is waiting to start: ${reason}` : undefined;
}

function refusal(code: 400 | 404, message: string): PodLogs {
  return { ok: false, code, message };
}

function nodeStatus(now: string, nodeName: string): Readonly<Record<string, unknown>> {
  const resources = { cpu: '8', memory: '16Gi', pods: '1000', 'ephemeral-storage': '100Gi' };
  return {
    capacity: resources,
    allocatable: resources,
    addresses: [
      { type: 'InternalIP', address: hostAddress },
      { type: 'Hostname', address: nodeName },
    ],
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      },
    ],
    nodeInfo: {
      kubeletVersion: 'v1.36.3',
      kubeProxyVersion: '',
      containerRuntimeVersion: 'containerd://2.1.0',
      osImage: 'simkube',
      operatingSystem: 'linux',
      architecture: 'amd64',
      kernelVersion: '6.12.0',
      machineID: '',
      systemUUID: '',
      bootID: '',
    },
  };
}
