import type { Informer } from '@canaryop/reconcile/cache';
import { isNotFound } from '@canaryop/reconcile/client';
import { sleep } from '@canaryop/reconcile/env';
import type { Deployment } from '@canaryop/reconcile/kinds';
import type { Manager, Runnable } from '@canaryop/reconcile/manager';
import { keyOf, type ResourceKind } from '@canaryop/reconcile/object';
import { channelSource } from '@canaryop/reconcile/watch';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { labelSelector, type Labelled } from './controller.ts';

const retryMs = { first: 1_000, longest: 60_000 };

/**
 * What is watched of a kind that a cluster may not serve. It is asked for once, when this process begins to lead: an API
 * of the platform's does not come later, and to go on asking for one that never comes would be all that is asked at rest.
 */
export function labelledIfServed(
  manager: Pick<Manager, 'informer' | 'client' | 'env'>,
  apps: Informer<CanaryApp>,
  kind: ResourceKind<Deployment>,
): Labelled & { readonly discovery: Runnable } {
  const source = channelSource(`${kind.kind} with our label`);
  let found: Informer<Deployment> | undefined;
  const begin = (): void => {
    const informer = manager.informer(kind, { labelSelector });
    informer.onChange((change) => {
      source.send(keyOf(change.type === 'deleted' ? change.previous : change.object));
    });
    found = informer;
    // Of those whose workload is gone by now nothing else tells.
    for (const app of apps.lister.list()) if (app.spec.targetRef?.kind === kind.kind) source.send(keyOf(app));
  };
  const start = async (signal: AbortSignal): Promise<void> => {
    const { client, env } = manager;
    for (let delayMs = retryMs.first; !signal.aborted; delayMs = Math.min(delayMs * 2, retryMs.longest)) {
      try {
        await client.list(kind, { labelSelector }, signal);
        begin();
        return;
      } catch (error) {
        if (signal.aborted || isNotFound(error)) return;
        env.log.warn(`it can't be told whether there are ${kind.plural}; asking again`, { error });
        await sleep(env.timers, delayMs, signal);
      }
    }
  };
  return { kind, informer: () => found, source, discovery: { name: `discovery of ${kind.plural}`, start } };
}
