import { noCredentials } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';
import { adminUser, createApiServer, type UserInfo } from '@canaryop/simkube';

import type { LibraryServer } from './library-server.ts';

/** A simkube for the library's tests, in whichever time `env` and `time` live. */
export function simkubeServer(env: Env, time: Pick<LibraryServer, 'until' | 'pause'>): LibraryServer {
  const server = createApiServer({ env });
  const connectionOf = (identity: UserInfo) => ({
    server: 'https://cluster',
    transport: server.transport(identity),
    credentials: noCredentials,
  });
  return {
    env,
    connection: connectionOf(adminUser),
    connectionAs: (username) => Promise.resolve(connectionOf({ username, groups: ['system:authenticated'] })),
    tokenOf: (namespace, name) => Promise.resolve(server.serviceAccountToken(namespace, name)),
    ...time,
    close: () => server.close(),
  };
}
