import type { KubernetesObject } from '@canaryop/reconcile/object';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createApiServer } from '@canaryop/simkube';

import { customDefinitions } from '../sequence/kinds/custom-kinds.ts';
import type { ConformanceServer } from './server.ts';

/** Far enough for its controllers to have done what follows from one write. */
const controllerTurnMs = 100;

/** A simkube of its own in virtual time, which each sequence gets. */
export async function simkubeServer(seed: number): Promise<ConformanceServer & { close(): Promise<void> }> {
  const env = virtualEnv({ seed });
  const server = createApiServer({ env, definitions: customDefinitions as unknown as readonly KubernetesObject[] });
  // The accounts and conditions that every cluster starts with.
  await env.time.advance(controllerTurnMs);
  return {
    name: 'simkube',
    url: 'https://simkube',
    transport: server.transport(adminUser),
    now: () => env.clock.monotonic(),
    pause: (ms) => env.time.advance(ms),
    // Its authorizer reads the store itself.
    accessSettled: () => Promise.resolve(),
    close: () => server.close(),
  };
}
