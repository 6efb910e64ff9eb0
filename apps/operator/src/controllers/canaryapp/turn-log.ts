import type { Logger } from '@canaryop/reconcile/env';
import { keyText, type ObjectKey } from '@canaryop/reconcile/object';

import type { Plan } from '../../rollout/plan.ts';

/**
 * Says in the log what a release waits for, each turn once. Many passes decide the same, and those are for `debug`. What
 * has a notice is told with it.
 */
export class TurnLog {
  readonly #last = new Map<string, string>();

  say(log: Logger, app: ObjectKey, { why, notices, status, writes }: Plan): void {
    const key = keyText(app);
    const isTurn = this.#last.get(key) !== why && status?.run !== undefined && notices.length === 0;
    if (status?.run === undefined) this.#last.delete(key);
    else this.#last.set(key, why);
    log[isTurn ? 'info' : 'debug'](why, { writes: writes.length });
  }

  /** Forgets an application that is gone. */
  forget(app: ObjectKey): void {
    this.#last.delete(keyText(app));
  }
}
