import type { Informer } from '../cache/cache.ts';
import type { Env } from '../env/env.ts';
import type { Cancel } from '../env/timers.ts';
import type { KubernetesObject } from '../object/object.ts';
import { keyOf } from '../object/object-key.ts';
import { lowPriority } from '../queue/work-queue.ts';
import type { Source } from './source.ts';

const jitter = 0.1;

/**
 * Enqueues every object of a kind again, from the cache and behind live changes, each `everyMs` milliseconds give or
 * take a tenth: a net for what a reconciler failed to ask for. It makes no request by itself.
 */
export function resyncSource(
  env: Pick<Env, 'timers' | 'random'>,
  informer: Informer<KubernetesObject>,
  everyMs: number,
): Source {
  return {
    name: `resync of ${informer.kind.kind}`,
    hasSynced: true,
    start(enqueue) {
      let cancel: Cancel;
      const wait = (): void => {
        const delayMs = everyMs * (1 + jitter * (2 * env.random.next() - 1));
        cancel = env.timers.schedule(delayMs, () => {
          for (const object of informer.lister.list())
            enqueue(keyOf(object), { priority: lowPriority, reason: 'resync' });
          wait();
        });
      };
      wait();
      return () => {
        cancel();
      };
    },
  };
}
