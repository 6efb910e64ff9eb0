import { noCredentials } from '@canaryop/reconcile/client';
import { processEnv, sleep } from '@canaryop/reconcile/env';
import { adminUser, createApiServer, type UserInfo } from '@canaryop/simkube';

import { conversionSuite } from './library/conversion.suite.ts';
import type { LibraryServer } from './library/library-server.ts';
import { webhooksOn } from './library/webhooks-on.ts';
import { webhooksSuite } from './library/webhooks.suite.ts';

const turnMs = 5;

const start = (): Promise<LibraryServer> => {
  const env = processEnv();
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
    until: async (isDone) => {
      const end = env.clock.monotonic() + 30_000;
      while (!isDone()) {
        if (env.clock.monotonic() > end) throw new Error('it did not come about within 30 seconds');
        await sleep(env.timers, turnMs);
      }
    },
    pause: (ms) => sleep(env.timers, ms),
    close: () => server.close(),
  });
};

webhooksOn('simkube', start, [webhooksSuite, conversionSuite]);
