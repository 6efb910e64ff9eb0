import { isNamespaceTerminating } from '@canaryop/reconcile/client';
import type { ReconcileContext, Reconciler, Request, Result } from '@canaryop/reconcile/controller';
import type { Env } from '@canaryop/reconcile/env';
import { keyOf, keyText } from '@canaryop/reconcile/object';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { modeOf } from '../../modes/mode-of.ts';
import type { Mode } from '../../rollout/mode.ts';
import type { Obstacle } from '../../rollout/observed.ts';
import { plan, planBlocked, type Plan } from '../../rollout/plan.ts';
import { act } from './act.ts';
import { CurrentRecords } from './current-records.ts';
import { observe, type Senses } from './observe.ts';
import { TurnLog } from './turn-log.ts';

/** How soon to look again while a kind is being loaded for the first time. */
const loadingMs = 200;

/** Observe, plan, act: the reconciler of one CanaryApp. It never waits for anything but its own writes. */
export function canaryAppReconciler(env: Env, senses: Senses): Reconciler {
  const records = new CurrentRecords();
  const turns = new TurnLog();
  return async (request: Request, context: ReconcileContext): Promise<Result> => {
    const key = keyText(request);
    const app = senses.informers.apps.lister.get(request);
    if (app === undefined) {
      senses.readiness.forget(key);
      senses.checker.forget(request);
      senses.announcer.forget(request);
      records.forget(request);
      turns.forget(request);
      return {};
    }
    const mode = modeOf(app);
    const planned = planFor(senses, app, mode, env.clock.now());
    if (planned === undefined) return { requeueAfterMs: loadingMs };
    turns.say(context.log, request, planned);
    const { client, signal, log } = context;
    const onRecorded = (): void => tell(context, app, planned);
    const actor = { env, client, signal, log, records, configs: senses.configs, onRecorded };
    if (!(await act(actor, app, planned).then(() => true, orLeaving(context)))) return {};
    if ('analysis' in mode) {
      measure(senses, app, mode.analysis, planned);
      announce(senses, context, app, { analysis: mode.analysis, planned });
    }
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
function planFor(senses: Senses, app: CanaryApp, mode: Mode | Obstacle, now: number): Plan | undefined {
  if (!('target' in mode)) return planBlocked(app, mode, now);
  const observed = observe(senses, app, mode, now);
  if (observed === undefined) return undefined;
  return 'reason' in observed ? planBlocked(app, observed, now) : plan(mode, observed, now);
}

/** Notices belong to the status that they came with, so they are told once it is written, and only then. */
function tell(context: ReconcileContext, app: CanaryApp, { notices }: Plan): void {
  for (const { type, reason, message } of notices) {
    context.events.event(app, type, reason, message);
    context.log[type === 'Warning' ? 'warn' : 'info'](message, { reason });
  }
}

function measure({ checker }: Senses, app: CanaryApp, analysis: Analysis, planned: Plan): void {
  const { measure: asked } = planned;
  if (asked === undefined) return;
  const { revision } = asked;
  checker.ask({ app: keyOf(app), revision, inquire: (now) => analysis.inquire({ ...asked, now }) });
}

/** Whoever wants to know how a run ended is told, but for the outcome that makes no difference. */
function announce(
  { announcer }: Senses,
  { events, log, clock }: ReconcileContext,
  app: CanaryApp,
  { analysis, planned: { ended } }: { analysis: Analysis; planned: Plan },
): void {
  if (ended === undefined) return;
  const { revision, outcome, at } = ended;
  announcer.tell({
    app: keyOf(app),
    run: `${app.metadata.uid} ${revision.id} ${at}`,
    inquiry: analysis.inquire({ when: 'after', revision, outcome, now: clock.now() }),
    onFailure: ({ detail }) => {
      events.event(app, 'Warning', Reason.WebhookFailed, detail);
      log.warn(detail, { reason: Reason.WebhookFailed });
    },
  });
}
