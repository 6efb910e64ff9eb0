import { isNamespaceTerminating } from '@canaryop/reconcile/client';
import type { ReconcileContext, Reconciler, Request, Result } from '@canaryop/reconcile/controller';
import type { Env } from '@canaryop/reconcile/env';
import { keyOf, keyText } from '@canaryop/reconcile/object';

import { ownedSpec, type CanaryApp } from '../../api/v1/canaryapp.ts';
import { questionAt } from '../../analysis/question.ts';
import { modeOf } from '../../modes/mode-of.ts';
import { plan, planBlocked, type Plan } from '../../rollout/plan.ts';
import { act } from './act.ts';
import { CurrentRecords } from './current-records.ts';
import { observe, type Senses } from './observe.ts';

/** How soon to look again while a kind is being loaded for the first time. */
const loadingMs = 200;

/** Observe, plan, act: the reconciler of one CanaryApp. It never waits for anything but its own writes. */
export function canaryAppReconciler(env: Env, senses: Senses): Reconciler {
  const records = new CurrentRecords();
  return async (request: Request, context: ReconcileContext): Promise<Result> => {
    const key = keyText(request);
    const app = senses.informers.apps.lister.get(request);
    if (app === undefined) {
      senses.readiness.forget(key);
      senses.checker.forget(request);
      records.forget(request);
      return {};
    }
    const planned = planFor(senses, app, env.clock.now());
    if (planned === undefined) return { requeueAfterMs: loadingMs };
    context.log.debug(planned.why, { writes: planned.writes.length });
    const { client, signal, log } = context;
    const actor = { env, client, signal, log, records, onRecorded: () => tell(context, app, planned) };
    if (!(await act(actor, app, planned).then(() => true, orLeaving(context)))) return {};
    measure(senses, app, planned);
    return planned.requeueAfterMs === undefined ? {} : { requeueAfterMs: Math.max(planned.requeueAfterMs, 1) };
  };
}

/** In a namespace on its way out there is nothing to repair: the application goes next, and that is an event. */
function orLeaving({ log }: ReconcileContext): (error: unknown) => false {
  return (error) => {
    if (!isNamespaceTerminating(error)) throw error;
    log.info('the namespace is being deleted; nothing is made in it any more');
    return false;
  };
}

/** Undefined while a kind is still being loaded for the first time. */
function planFor(senses: Senses, app: CanaryApp, now: number): Plan | undefined {
  const mode = modeOf(app);
  if (!('target' in mode)) return planBlocked(app, mode, now);
  const observed = observe(senses, app, mode, now);
  return observed && plan(mode, observed, now);
}

/** Notices belong to the status that they came with, so they are told once it is written, and only then. */
function tell(context: ReconcileContext, app: CanaryApp, { notices }: Plan): void {
  for (const { type, reason, message } of notices) {
    context.events.event(app, type, reason, message);
    context.log[type === 'Warning' ? 'warn' : 'info'](message, { reason });
  }
}

function measure(senses: Senses, app: CanaryApp, planned: Plan): void {
  const spec = ownedSpec(app);
  if (planned.measure === undefined || spec === undefined) return;
  const { revision, since } = planned.measure;
  senses.checker.ask({
    app: keyOf(app),
    revision,
    url: spec.prometheusURL,
    question: (askedAt) => questionAt(spec, askedAt, since),
  });
}
