import type { Clock } from '../env/clock.ts';
import { controllerOf } from '../owners/owner-reference.ts';
import { keyOf, keyText } from '../object/object-key.ts';
import type { KubernetesObject } from '../object/object.ts';
import { groupResourceOf, type ResourceKind } from '../object/resource-kind.ts';

/** So often an object may vanish and be made again at once: more than any rollout of its owner needs. */
const burst = 20;
/** Afterwards, this many each second. */
const perSecond = 1;
/** Keys whose creations are remembered; one that falls out has its burst again. */
const maxKeys = 5000;

interface Account {
  readonly tokens: number;
  readonly atMs: number;
}

/** The same child was made so often that something must be removing it; nothing was sent. Try again later. */
export class CreationLimitError extends Error {
  override readonly name = 'CreationLimitError';
}

/**
 * Limits how often one owned object is created again. While a watch is silent its reconciler still sees an owner that is
 * gone, and the garbage collector removes each child the moment that it is there: creation, event, creation, as fast as
 * the server answers. Objects without a controller are not counted, nor those that the server names.
 */
export class CreationBudget {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #accounts = new Map<string, Account>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Counts a creation. Throws `CreationLimitError` when there have been too many. */
  take(kind: ResourceKind, object: Pick<KubernetesObject, 'metadata'>): void {
    if (controllerOf(object) === undefined || object.metadata.name === '') return;
    const key = `${groupResourceOf(kind)} ${keyText(keyOf(object))}`;
    const nowMs = this.#clock.monotonic();
    const { tokens, atMs } = this.#accounts.get(key) ?? { tokens: burst, atMs: nowMs };
    const left = Math.min(burst, tokens + ((nowMs - atMs) * perSecond) / 1000) - 1;
    if (left < 0)
      throw new CreationLimitError(
        `create ${key}: it has been created ${burst} times in a short time and was gone each time; ` +
          'see who removes it, and whether its owner still exists. It is tried again later',
      );
    this.#remember(key, { tokens: left, atMs: nowMs });
  }

  #remember(key: string, account: Account): void {
    this.#accounts.delete(key);
    this.#accounts.set(key, account);
    const oldest = this.#accounts.size > maxKeys ? this.#accounts.keys().next().value : undefined;
    if (oldest !== undefined) this.#accounts.delete(oldest);
  }
}
