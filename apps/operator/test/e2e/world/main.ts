/**
 * The world of the operator's end-to-end tests: prints its address as one line of JSON when it is ready, and ends when
 * its standard input does. Progress is on standard error.
 */
import { processEnv } from '@canaryop/reconcile/env';

import { startExistingWorld } from './existing-world.ts';
import { startInstalledWorld } from './installed-world.ts';

const env = processEnv();
const startedMs = env.clock.monotonic();
const stopping = new Promise<void>((resolve) => {
  process.stdin.once('end', resolve).once('error', resolve).resume();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
});

function tell(line: string): void {
  const seconds = ((env.clock.monotonic() - startedMs) / 1000).toFixed(1);
  process.stderr.write(`e2e ${seconds} s: ${line}\n`);
}

try {
  const start = process.env['CANARYOP_E2E_EXISTING_CLUSTER'] === '1' ? startExistingWorld : startInstalledWorld;
  const world = await start(env, tell);
  process.stdout.write(`${JSON.stringify(world.address)}\n`);
  const why = await Promise.race([stopping, world.broken.catch(String)]);
  if (typeof why === 'string') tell(why);
  await world.stop();
  process.exit(typeof why === 'string' ? 1 : 0);
} catch (error) {
  process.stderr.write(`e2e: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
