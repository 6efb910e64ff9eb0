import type { Informer } from '@canaryop/reconcile/cache';
import type { Env } from '@canaryop/reconcile/env';
import { keyOf, keyText, type KubernetesObject, type ObjectKey } from '@canaryop/reconcile/object';

/** Objects of a kind as a watch shows them, with every state that they had. */
export class Watched<T extends KubernetesObject> {
  readonly #informer: Informer<T>;
  readonly #env: Env;
  readonly #states = new Map<string, T[]>();

  constructor(informer: Informer<T>, env: Env) {
    this.#informer = informer;
    this.#env = env;
    informer.onChange((change) => {
      if (change.type === 'deleted') return;
      const key = keyText(keyOf(change.object));
      const states = this.#states.get(key) ?? [];
      states.push(change.object);
      this.#states.set(key, states);
    });
  }

  /** The object as it is now. Throws when there is none. */
  get(key: ObjectKey): T {
    const object = this.#informer.lister.get(key);
    if (object === undefined) throw new Error(`there is no ${this.#informer.kind.kind} ${keyText(key)}`);
    return object;
  }

  /** Every state that the watch told of, oldest first. */
  states(key: ObjectKey): readonly T[] {
    return this.#states.get(keyText(key)) ?? [];
  }

  /** Resolves with the object as soon as it is as `test` says. Rejects when the time is up, with what it is then. */
  async until(key: ObjectKey, what: string, test: (object: T) => boolean, limitMs = 90_000): Promise<T> {
    const found = await this.#settled(key, (object) => object !== undefined && test(object), limitMs);
    if (found.inTime && found.object !== undefined) return found.object;
    throw new Error(
      `${this.#informer.kind.kind} ${keyText(key)}: not ${what} within ${limitMs} ms, but\n${JSON.stringify(found.object, undefined, 1)}`,
    );
  }

  /** Resolves when the object is gone. Rejects when the time is up. */
  async untilGone(key: ObjectKey, limitMs = 90_000): Promise<void> {
    const { inTime } = await this.#settled(key, (object) => object === undefined, limitMs);
    if (!inTime) throw new Error(`${this.#informer.kind.kind} ${keyText(key)}: still there after ${limitMs} ms`);
  }

  #settled(
    key: ObjectKey,
    test: (object: T | undefined) => boolean,
    limitMs: number,
  ): Promise<{ inTime: boolean; object: T | undefined }> {
    return new Promise((resolve) => {
      const now = (): T | undefined => this.#informer.lister.get(key);
      let unsubscribe = (): void => undefined;
      const finish = (inTime: boolean): void => {
        cancel();
        unsubscribe();
        resolve({ inTime, object: now() });
      };
      const cancel = this.#env.timers.schedule(limitMs, () => {
        finish(false);
      });
      if (test(now())) finish(true);
      else
        unsubscribe = this.#informer.onChange(() => {
          if (test(now())) finish(true);
        });
    });
  }
}
