/** One kind and its status: an egg timer is Done when its seconds are over. */
import { controller, defineKind, run, s, setCondition } from '@canaryop/reconcile';
import { parseTime } from '@canaryop/reconcile/env';

export const EggTimer = defineKind({
  group: 'examples.canaryop.io',
  version: 'v1',
  kind: 'EggTimer',
  spec: s.object({ seconds: s.int({ minimum: 1, maximum: 3600 }).default(240).describe('How long the egg boils.') }),
  status: s.object({ conditions: s.conditions().optional() }),
  printerColumns: [{ name: 'Done', type: 'string', jsonPath: '.status.conditions[?(@.type=="Done")].status' }],
});

export const eggTimers = controller('egg-timers')
  .for(EggTimer)
  .reconcile(async (key, context) => {
    const timer = context.lister(EggTimer).get(key);
    if (timer === undefined) return;
    const now = context.clock.now();
    const endMs = (parseTime(timer.metadata.creationTimestamp) ?? now) + timer.spec.seconds * 1000;
    const done =
      now < endMs
        ? ({ type: 'Done', status: 'False', reason: 'Boiling', message: `for ${timer.spec.seconds} s` } as const)
        : ({ type: 'Done', status: 'True', reason: 'Rang', message: 'take the egg out' } as const);
    await context.client.updateStatus(EggTimer, timer, {
      conditions: setCondition(timer.status?.conditions, done, now),
    });
    // To wait is to look again later: no promise has to survive a restart.
    return now < endMs ? { requeueAfterMs: endMs - now } : {};
  });

if (import.meta.main) {
  if (process.argv.includes('--crd')) process.stdout.write(JSON.stringify(EggTimer.crd()));
  else await run({ fieldManager: 'egg-timers', controllers: [eggTimers] });
}
