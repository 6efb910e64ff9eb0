import type { Informer, ObjectChange } from '@canaryop/reconcile/cache';
import type { Env } from '@canaryop/reconcile/env';
import { keyOf, keyText, type KubernetesObject, type ObjectKey } from '@canaryop/reconcile/object';
import { informerSource, resyncSource, type Source } from '@canaryop/reconcile/watch';

import { disappeared, dueEvent, handed, handled, untold, type DueEvent, type Told } from './due-event.ts';

/**
 * How often every object is told again. With the original that happens whenever the API server ends the watch, which
 * it does after half an hour to an hour, and operators have come to rely on it.
 */
const repeatMs = 30 * 60_000;

/** What one handler was told of the objects of one resource, and what it is to be told next. */
export class WatchedResource {
  readonly #informer: Informer<KubernetesObject>;
  readonly #told = new Map<string, Told>();

  constructor(informer: Informer<KubernetesObject>) {
    this.#informer = informer;
  }

  /** What puts names into the queue. */
  sources(env: Env): readonly Source[] {
    const note = (change: ObjectChange<KubernetesObject>): readonly ObjectKey[] => {
      if (change.type !== 'deleted') return [keyOf(change.object)];
      const key = keyOf(change.previous);
      this.#update(key, (told) => disappeared(told, change.previous));
      return [key];
    };
    const repeat = resyncSource(env, this.#informer, repeatMs);
    return [
      informerSource(this.#informer, note),
      {
        ...repeat,
        start: (enqueue) =>
          repeat.start((key, options) => {
            this.#update(key, (told) => ({ ...told, isRepeated: true }));
            enqueue(key, options);
          }),
      },
    ];
  }

  /** Tells the handler what it does not know of one name. Rejects as the handler does, and then will tell it again. */
  async tell(key: ObjectKey, handler: (event: DueEvent) => Promise<void>): Promise<void> {
    const told = await this.#tellNext(key, handler);
    // Another object may have come in its place.
    if (told?.type === 'DELETED') await this.#tellNext(key, handler);
  }

  async #tellNext(key: ObjectKey, handler: (event: DueEvent) => Promise<void>): Promise<DueEvent | undefined> {
    const event = dueEvent(this.#of(key), this.#informer.lister.get(key));
    if (event === undefined) return undefined;
    this.#update(key, (told) => handed(told, event));
    await handler(event);
    this.#update(key, (told) => handled(told, event));
    return event;
  }

  #of(key: ObjectKey): Told {
    return this.#told.get(keyText(key)) ?? untold;
  }

  #update(key: ObjectKey, change: (told: Told) => Told): void {
    const told = change(this.#of(key));
    // Of a name that nobody bears any more, nothing is kept.
    if (told.last === undefined) this.#told.delete(keyText(key));
    else this.#told.set(keyText(key), told);
  }
}
