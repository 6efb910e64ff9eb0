import { sleep, type Cancel, type Env } from '@canaryop/reconcile/env';
import { keyOf } from '@canaryop/reconcile/object';

import type { Loopback } from '../apiserver/loopback.ts';
import { deepEqual } from '../apiserver/object/deep-equal.ts';
import type { EventSink } from '../controllers/event-writer.ts';
import { podKind, type Pod } from '../kinds/core-v1.ts';
import { ContainerLog } from './container-log.ts';
import { ContainerRunner } from './container-runner.ts';
import type { PodNetwork } from './pod-network.ts';
import { podStatus } from './pod-status.ts';
import type { ImageBehaviour } from './program.ts';

/** What every pod of a node shares. */
export interface NodeContext {
  readonly env: Env;
  readonly api: Loopback;
  readonly events: EventSink;
  readonly network: PodNetwork;
  readonly hostAddress: string;
  /** The kubelet's reaction time. */
  readonly latencyMs: number;
  readonly behaviourOf: (image: string) => ImageBehaviour;
  readonly token: (pod: Pod) => string | undefined;
}

/** The least that a container gets between SIGTERM and SIGKILL, however long its preStop hook took. */
const minTerminateMs = 2000;

/** Runs one pod, from its binding to the removal of its object. */
export class PodWorker {
  readonly #node: NodeContext;
  readonly #address: string;
  readonly #containers: readonly ContainerRunner[];
  #pod: Pod;
  #startedAtMs: number | undefined;
  #isTerminating = false;
  #isGone = false;
  #timer: Cancel | undefined;
  readonly #killAfter = new AbortController();
  #killAtMs = Infinity;
  #killTimer: Cancel | undefined;

  constructor(node: NodeContext, pod: Pod) {
    this.#node = node;
    this.#pod = pod;
    this.#address = node.network.allocate();
    this.#containers = pod.spec.containers.map(
      (container) =>
        new ContainerRunner(
          {
            env: node.env,
            api: node.api,
            network: node.network,
            address: this.#address,
            pod: () => this.#pod,
            behaviourOf: node.behaviourOf,
            token: () => node.token(this.#pod),
            onChange: () => this.#publish(),
            event: (type, reason, message) => this.#event(type, reason, message),
          },
          container,
          new ContainerLog(),
        ),
    );
  }

  /** Undefined when the pod has no such container. */
  container(name: string): ContainerRunner | undefined {
    return this.#containers.find((each) => each.container.name === name);
  }

  start(): void {
    this.#timer = this.#node.env.timers.schedule(this.#node.latencyMs, () => {
      this.#startedAtMs = this.#node.env.clock.now();
      this.#publish();
      for (const container of this.#containers) container.start();
    });
  }

  /** A newer version of the object: a deletion begins here, and a second one may shorten it. */
  observe(pod: Pod): void {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp === undefined) {
      // Readiness gates are conditions that others write.
      if ((pod.spec.readinessGates ?? []).length > 0) this.#publish();
      return;
    }
    const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
    this.#killWithin(graceMs);
    if (this.#isTerminating) return;
    this.#isTerminating = true;
    this.#timer?.();
    this.#timer = this.#node.env.timers.schedule(this.#node.latencyMs, () => void this.#terminate());
  }

  /** The object is gone: whatever still runs is killed. */
  kill(): void {
    this.#isGone = true;
    this.#timer?.();
    this.#killTimer?.();
    // A preStop hook in progress ends, too.
    this.#killAfter.abort();
    for (const container of this.#containers) container.kill();
    this.#node.network.release(this.#address);
  }

  #killWithin(graceMs: number): void {
    const { clock, timers } = this.#node.env;
    const at = clock.monotonic() + Math.max(graceMs, minTerminateMs) + this.#node.latencyMs;
    if (at >= this.#killAtMs) return;
    this.#killAtMs = at;
    this.#killTimer?.();
    this.#killTimer = timers.schedule(at - clock.monotonic(), () => {
      this.#killAfter.abort();
    });
  }

  async #terminate(): Promise<void> {
    await Promise.all(this.#containers.map((container) => container.stop(this.#killAfter.signal)));
    this.#killTimer?.();
    if (this.#isGone) return;
    this.#publish();
    // The object outlives its containers a little, as it does on a node that cleans up first.
    await sleep(this.#node.env.timers, this.#node.latencyMs);
    if (this.#isGone) return;
    const { uid } = this.#pod.metadata;
    if (this.#live() === undefined) return;
    this.#node.api.delete(podKind, keyOf(this.#pod), { gracePeriodSeconds: 0, ...(uid === undefined ? {} : { uid }) });
  }

  #live(): Pod | undefined {
    const live = this.#node.api.get(podKind, keyOf(this.#pod));
    return live?.metadata.uid === this.#pod.metadata.uid ? live : undefined;
  }

  #publish(): void {
    const live = this.#live();
    if (this.#isGone || this.#startedAtMs === undefined || live === undefined) return;
    const facts = {
      address: this.#address,
      hostAddress: this.#node.hostAddress,
      startedAtMs: this.#startedAtMs,
      containers: this.#containers.map((container) => container.status),
    };
    const status = podStatus(live, facts, this.#node.env.clock.now());
    if (!deepEqual(live.status, status)) this.#pod = this.#node.api.updateStatus(podKind, { ...live, status });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (type === 'Normal') this.#node.events.normal(this.#pod, reason, message);
    else this.#node.events.warn(this.#pod, reason, message);
  }
}
