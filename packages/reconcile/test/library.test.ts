import { setTimeout as realTime } from 'node:timers/promises';

import { noCredentials } from '@canaryop/reconcile/client';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer, type UserInfo } from '@canaryop/simkube';

import { librarySuite } from './library/library.suite.ts';

librarySuite('simkube', () => {
  const env = virtualEnv();
  const server = createApiServer({ env });
  const connectionOf = (identity: UserInfo) => ({
    server: 'https://cluster',
    transport: server.transport(identity),
    credentials: noCredentials,
  });
  return Promise.resolve({
    env,
    connection: connectionOf(adminUser),
    connectionAs: (username) => Promise.resolve(connectionOf({ username, groups: ['system:authenticated'] })),
    tokenOf: (namespace, name) => Promise.resolve(server.serviceAccountToken(namespace, name)),
    // Servers listen, and keys are made, in real time; virtual time goes on between, and waits when it is far ahead.
    until: async (isDone) => {
      for (let turns = 0; turns < 3000 && !isDone(); turns += 1) {
        await env.time.advance(10);
        if (turns > 1000) await realTime(1);
      }
      if (!isDone()) throw new Error('it did not come about within 30 virtual seconds');
    },
    pause: (ms) => env.time.advance(ms),
    close: () => server.close(),
  });
});
