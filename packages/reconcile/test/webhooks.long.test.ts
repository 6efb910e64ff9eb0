import { processEnv } from '@canaryop/reconcile/env';

import { conversionSuite } from './library/conversion.suite.ts';
import { realTime } from './library/real-time.ts';
import { simkubeServer } from './library/simkube-server.ts';
import { webhooksOn } from './library/webhooks-on.ts';
import { webhooksSuite } from './library/webhooks.suite.ts';

const env = processEnv();
const turnMs = 5;

webhooksOn('simkube', () => Promise.resolve(simkubeServer(env, realTime(env, turnMs))), [
  webhooksSuite,
  conversionSuite,
]);
