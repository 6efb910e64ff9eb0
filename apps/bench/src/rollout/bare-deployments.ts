import { createCache } from '@canaryop/reconcile/cache';
import { createClient } from '@canaryop/reconcile/client';
import { Deployment } from '@canaryop/reconcile/kinds';
import { startControlPlane } from '@canaryop/testkit/control-plane';

import type { Bench } from '../benchmark.ts';
import { inParallel } from '../measure/in-parallel.ts';
import { namespace } from './peer.ts';
import { podTemplate } from './peers/workload.ts';
import { parallel, unthrottledComponents } from './rollout-plane.ts';

/**
 * Makes Deployments of one pod at the same moment, on a control plane without any operator. Resolves with how long each
 * took until its pod was available, in milliseconds: no operator's secondary can be ready before.
 */
export async function measureBareDeployments(
  { env, progress }: Bench,
  names: readonly string[],
): Promise<readonly number[]> {
  const plane = await startControlPlane({ env, onProgress: progress, kwok: true, flags: unthrottledComponents });
  const stop = new AbortController();
  try {
    const { clock } = env;
    const client = createClient({ env, connection: plane.connection, fieldManager: 'bench-user' });
    const cache = createCache({ env, connection: plane.connection, fieldManager: 'bench-observer' });
    const begunMs = new Map<string, number>();
    const tookMs = new Map<string, number>();
    const all = Promise.withResolvers<void>();
    cache.informer(Deployment).onChange((change) => {
      if (change.type === 'deleted' || (change.object.status?.availableReplicas ?? 0) === 0) return;
      const { name } = change.object.metadata;
      if (!tookMs.has(name)) tookMs.set(name, clock.monotonic() - (begunMs.get(name) ?? NaN));
      if (tookMs.size === names.length) all.resolve();
    });
    void cache.start(stop.signal);
    await cache.synced();
    progress(`${names.length} bare Deployments at the same moment`);
    await inParallel(names, parallel, async (name) => {
      begunMs.set(name, clock.monotonic());
      await client.create(Deployment, bareDeployment(name));
    });
    await all.promise;
    return [...tookMs.values()];
  } finally {
    stop.abort();
    await plane.stop();
  }
}

function bareDeployment(name: string): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: { replicas: 1, selector: { matchLabels: { app: name } }, template: podTemplate(name, 'app:v1') },
  };
}
