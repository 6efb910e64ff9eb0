/** A Prometheus that finds nothing wrong, in a process of its own: how late it answers must not depend on others. */
import { processEnv, sleep } from '@canaryop/reconcile/env';
import { listenHttp } from '@canaryop/simkube';

const { timers } = processEnv();
const body = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } });
let delayMs = 0;

const { port } = await listenHttp(
  async () => {
    if (delayMs > 0) await sleep(timers, delayMs);
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  },
  { port: 0 },
);

// Told a delay in milliseconds; answers with its port.
process.on('message', (message) => {
  delayMs = Number(message);
  process.send?.(port);
});
