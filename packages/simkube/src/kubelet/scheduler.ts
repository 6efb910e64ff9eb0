import { keyOf, keyText } from '@canaryop/reconcile/object';

import type { ControllerOptions } from '../controllers/controller-options.ts';
import { splitKey } from '../controllers/object-key-text.ts';
import { SyncLoop } from '../controllers/sync-loop.ts';
import { podKind } from '../kinds/core-v1.ts';

/** Binds every pod to the one node. There is always room. */
export class Scheduler {
  readonly #options: ControllerOptions;
  readonly #nodeName: string;
  readonly #loop: SyncLoop;
  #unsubscribe: (() => void) | undefined;

  constructor(options: ControllerOptions, nodeName: string) {
    this.#options = options;
    this.#nodeName = nodeName;
    this.#loop = new SyncLoop({
      env: options.env,
      name: 'scheduler',
      latencyMs: options.latencyMs,
      sync: (key) => this.#bind(key),
    });
  }

  start(): void {
    this.#unsubscribe = this.#options.api.watch(podKind, ({ type, object }) => {
      if (type !== 'DELETED' && object.spec.nodeName === undefined) this.#loop.enqueue(keyText(keyOf(object)));
    });
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#loop.stop();
  }

  #bind(key: string): undefined {
    const pod = this.#options.api.get(podKind, splitKey(key));
    if (pod === undefined || pod.spec.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) {
      return undefined;
    }
    const bound = this.#options.api.update(podKind, { ...pod, spec: { ...pod.spec, nodeName: this.#nodeName } });
    const text = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${this.#nodeName}`;
    this.#options.events.normal(bound, 'Scheduled', text);
    return undefined;
  }
}
