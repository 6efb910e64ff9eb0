import { processEnv } from '@canaryop/reconcile/env';
import { startControlPlane } from '@canaryop/testkit/control-plane';

import { conversionSuite } from '../library/conversion.suite.ts';
import type { LibraryServer } from '../library/library-server.ts';
import { librarySuite } from '../library/library.suite.ts';
import { realTime } from '../library/real-time.ts';
import { webhooksOn } from '../library/webhooks-on.ts';
import { webhooksSuite } from '../library/webhooks.suite.ts';

const turnMs = 20;

const start = async (): Promise<LibraryServer> => {
  const env = processEnv();
  const plane = await startControlPlane();
  return {
    env,
    connection: plane.connection,
    connectionAs: (user) => plane.connectionFor(user),
    tokenOf: (namespace, name) => plane.serviceAccountToken(namespace, name),
    ...realTime(env, turnMs),
    close: () => plane.stop(),
  };
};

librarySuite('a real control plane', start);
webhooksOn('a real control plane', start, [webhooksSuite, conversionSuite]);
