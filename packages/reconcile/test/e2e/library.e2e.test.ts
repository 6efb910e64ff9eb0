import { processEnv, sleep } from '@canaryop/reconcile/env';
import { startControlPlane } from '@canaryop/testkit/control-plane';

import { librarySuite } from '../library/library.suite.ts';

const patienceMs = 30_000;
const turnMs = 20;

librarySuite('a real control plane', async () => {
  const env = processEnv();
  const plane = await startControlPlane();
  return {
    env,
    connection: plane.connection,
    connectionAs: (user) => plane.connectionFor(user),
    tokenOf: (namespace, name) => plane.serviceAccountToken(namespace, name),
    until: async (isDone) => {
      const end = env.clock.monotonic() + patienceMs;
      while (!isDone()) {
        if (env.clock.monotonic() > end) throw new Error('it did not come about within 30 seconds');
        await sleep(env.timers, turnMs);
      }
    },
    pause: (ms) => sleep(env.timers, ms),
    close: () => plane.stop(),
  };
});
