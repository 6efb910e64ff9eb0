import type { Env } from '../../env/env.ts';
import { keyText } from '../../object/object-key.ts';
import type { Source } from '../../watch/source.ts';
import type { Reconciler } from '../reconciler.ts';
import { judgePass, type PassHistory, type RepeatedWrite } from './pass.ts';
import { recordServices } from './recorded-services.ts';

/** Bounds memory where objects come and go by the thousands. */
const maxKeys = 10_000;

/** What is checked: a controller's reconciler, and the sources of it that are no informers. */
interface Checked {
  readonly reconcile: Reconciler;
  readonly sources: readonly Source[];
}

/**
 * Wraps a reconciler so that one which writes at rest is found out: it writes although nothing has changed since its
 * last success, or the same fields again and again although nothing but its own writes has. That is logged with the
 * objects and fields, and told to `onRepeated`. A pass that came because its time had come (`requeueAfterMs`), or from a
 * source that is no informer, may write: what it goes by has no version. So may one that read another system, of which
 * nothing is seen here; let such a reconciler ask for its next pass.
 */
export function checkIdempotence(
  { reconcile, sources }: Checked,
  { env, onRepeated }: { readonly env: Pick<Env, 'clock'>; readonly onRepeated: (writes: number) => void },
): Checked {
  const histories = new Map<string, PassHistory & { readonly dueAtMs: number }>();
  const woken = new Set<string>();
  return {
    sources: sources.map((source) => notingKeys(source, woken)),
    async reconcile(request, context) {
      const key = keyText(request);
      const before = histories.get(key);
      // What failed has shown nothing; it is compared with nothing either.
      histories.delete(key);
      const isDue = env.clock.monotonic() >= (before?.dueAtMs ?? Infinity);
      const isWoken = woken.delete(key) || isDue || context.failures > 0;
      const { services, inputs, writes } = recordServices(context);
      const result = await reconcile(request, { ...context, ...services });
      const { history, repeated } = judgePass(before, { inputs, writes, isWoken });
      const waitMs = result?.requeueAfterMs ?? 0;
      histories.set(key, { ...history, dueAtMs: waitMs > 0 ? env.clock.monotonic() + waitMs : Infinity });
      for (const oldest of histories.keys()) {
        if (histories.size <= maxKeys) break;
        histories.delete(oldest);
      }
      if (repeated.length > 0) {
        onRepeated(repeated.length);
        context.log.warn(
          'this reconcile is not idempotent: it writes although nothing but its own writes has changed',
          {
            writes: repeated.map(inWords),
            reasons: context.reasons,
          },
        );
      }
      return result;
    },
  };
}

function inWords({ verb, object, fields, times }: RepeatedWrite): string {
  const what = fields.length === 0 ? '' : ` (${fields.join(', ')})`;
  return `${verb} ${object}${what}, ${times} in a row`;
}

/** The same source, which notes for which keys it asked. */
function notingKeys(source: Source, woken: Set<string>): Source {
  return {
    name: source.name,
    get hasSynced() {
      return source.hasSynced;
    },
    start: (enqueue) =>
      source.start((key, options) => {
        woken.add(keyText(key));
        enqueue(key, options);
      }),
  };
}
