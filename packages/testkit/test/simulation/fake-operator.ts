import { sleep } from '@canaryop/reconcile/env';
import type { Operator, ProcessParts } from '@canaryop/testkit/simulation';

/** An operator that does nothing, and whose first process fails after ten seconds. */
export function fakeOperator({ env, instance }: ProcessParts, starts: string[]): Operator {
  starts.push(instance);
  return {
    async start() {
      await sleep(env.timers, instance === 'operator-1' ? 10_000 : 86_400_000);
      throw new Error('no more');
    },
  };
}
