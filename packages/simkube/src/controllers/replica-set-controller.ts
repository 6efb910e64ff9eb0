import { keyOf, keyText } from '@canaryop/reconcile/object';

import { deepEqual } from '../apiserver/object/deep-equal.ts';
import { replicaSetKind, type ReplicaSet } from '../kinds/apps-v1.ts';
import { podKind, type Pod } from '../kinds/core-v1.ts';
import type { ControllerOptions } from './controller-options.ts';
import { splitKey } from './object-key-text.ts';
import { controllerOf, OwnedObjects } from './owned-objects.ts';
import { isPodActive, untilAvailableMs } from './pod-readiness.ts';
import { deletionOrder, podFor, replicaSetStatus } from './replica-set-pods.ts';
import { randomSuffix } from './safe-name.ts';
import { SyncLoop } from './sync-loop.ts';

/** Keeps `spec.replicas` pods of each ReplicaSet, and its status. */
export class ReplicaSetController {
  readonly #options: ControllerOptions;
  readonly #pods: OwnedObjects<Pod>;
  readonly #loop: SyncLoop;
  #unsubscribe: (() => void)[] = [];

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#pods = new OwnedObjects(options.api, podKind);
    this.#loop = new SyncLoop({
      env: options.env,
      name: 'replicaset-controller',
      latencyMs: options.latencyMs,
      sync: (key) => this.#sync(key),
    });
  }

  start(): void {
    this.#unsubscribe = [
      this.#options.api.watch(replicaSetKind, ({ object }) => {
        this.#loop.enqueue(keyText(keyOf(object)));
      }),
      this.#pods.watch((pod) => {
        const owner = controllerOf(pod);
        if (owner?.kind === 'ReplicaSet') this.#loop.enqueue(`${pod.metadata.namespace}/${owner.name}`);
      }),
    ];
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#loop.stop();
  }

  #sync(key: string): number | undefined {
    const replicaSet = this.#options.api.get(replicaSetKind, splitKey(key));
    if (replicaSet?.metadata.uid === undefined) return undefined;
    const failure = replicaSet.metadata.deletionTimestamp === undefined ? this.#scale(replicaSet) : undefined;
    const pods = this.#pods.of(replicaSet.metadata.uid).filter(isPodActive);
    const status = replicaSetStatus(replicaSet, pods, { nowMs: this.#options.env.clock.now(), failure });
    const live = this.#options.api.get(replicaSetKind, splitKey(key));
    if (live !== undefined && !deepEqual(live.status, status)) {
      this.#options.api.updateStatus(replicaSetKind, { ...live, status });
    }
    if (failure !== undefined) throw new Error(failure);
    return this.#nextAvailability(replicaSet, pods);
  }

  /** Creates or deletes pods. A refusal by the API server is returned as its message. */
  #scale(replicaSet: ReplicaSet): string | undefined {
    const uid = replicaSet.metadata.uid ?? '';
    const pods = this.#pods.of(uid).filter(isPodActive);
    const missing = (replicaSet.spec.replicas ?? 1) - pods.length;
    try {
      for (let count = 0; count < missing; count += 1) this.#createPod(replicaSet);
      for (const pod of deletionOrder(pods).slice(0, Math.max(0, -missing))) this.#deletePod(replicaSet, pod);
      return undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#options.events.warn(replicaSet, 'FailedCreate', `Error creating: ${message}`);
      return message;
    }
  }

  #createPod(replicaSet: ReplicaSet): void {
    const pod = this.#options.api.create(podKind, podFor(replicaSet, randomSuffix(this.#options.env.random)));
    this.#pods.add(pod);
    this.#options.events.normal(replicaSet, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  }

  #deletePod(replicaSet: ReplicaSet, pod: Pod): void {
    const { uid } = pod.metadata;
    this.#options.api.delete(podKind, keyOf(pod), uid === undefined ? {} : { uid });
    this.#options.events.normal(replicaSet, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }

  #nextAvailability(replicaSet: ReplicaSet, pods: readonly Pod[]): number | undefined {
    const waits = pods
      .map((pod) => untilAvailableMs(pod, replicaSet.spec.minReadySeconds ?? 0, this.#options.env.clock.now()))
      .filter((wait) => wait !== undefined)
      .filter((wait) => wait > 0);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }
}
