import { setTimeout as realPause } from 'node:timers/promises';

import { virtualEnv } from '@canaryop/reconcile/testing';

import { librarySuite } from './library/library.suite.ts';
import { simkubeServer } from './library/simkube-server.ts';

librarySuite('simkube', () => {
  const env = virtualEnv();
  const time = {
    // Servers listen, and keys are made, in real time; virtual time goes on between, and waits when it is far ahead.
    until: async (isDone: () => boolean) => {
      for (let turns = 0; turns < 3000 && !isDone(); turns += 1) {
        await env.time.advance(10);
        if (turns > 1000) await realPause(1);
      }
      if (!isDone()) throw new Error('it did not come about within 30 virtual seconds');
    },
    pause: (ms: number) => env.time.advance(ms),
  };
  return Promise.resolve(simkubeServer(env, time));
});
