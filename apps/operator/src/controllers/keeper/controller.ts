import type { Informer } from '@canaryop/reconcile/cache';
import { isAlreadyExists } from '@canaryop/reconcile/client';
import { controller, type ControllerDefinition, type ReconcileContext } from '@canaryop/reconcile/controller';
import type { Deployment } from '@canaryop/reconcile/kinds';
import type { Manager } from '@canaryop/reconcile/manager';
import type { ResourceKind } from '@canaryop/reconcile/object';
import { enqueueOwner, enqueueSelf, informerSource, type Source } from '@canaryop/reconcile/watch';

import { CanaryApp } from '../../api/v1/canaryapp.ts';
import { canaryLabel } from '../../api/v1/names.ts';
import { Reason } from '../../api/v1/reasons.ts';
import { keeperPlan } from './keeper-plan.ts';
import type { LoadValidator } from './load-validator.ts';

/** How soon to look again whether a kind is in memory, before anything is concluded from an absence. */
const loadingMs = 10_000;

/** Workloads of a kind with our label, once they can be read. */
export interface Labelled {
  readonly kind: ResourceKind<Deployment>;
  readonly informer: () => Informer<Deployment> | undefined;
  readonly source: Source;
}

/** What is watched of a kind that every cluster serves. */
export function labelled(manager: Pick<Manager, 'informer'>, kind: ResourceKind<Deployment>): Labelled {
  const informer = manager.informer(kind, { labelSelector });
  return { kind, informer: () => informer, source: informerSource(informer, enqueueSelf) };
}

/** What workloads are watched by. */
export const labelSelector = `${canaryLabel}=true`;

/** The controller of workloads of a kind that have the label `canary: "true"`: each has a CanaryApp of its name. */
export function keeperController(
  { kind, informer, source }: Labelled,
  apps: Informer<CanaryApp>,
  validator: LoadValidator,
): ControllerDefinition {
  return controller(`keeper of ${kind.plural}`)
    .from(source)
    .from(informerSource(apps, enqueueOwner(kind)))
    .reconcile(async (request, context) => {
      const workloads = informer();
      // Before the first list, and without the kind, nothing says that a workload is gone.
      if (workloads?.hasSynced !== true) return workloads === undefined ? {} : { requeueAfterMs: loadingMs };
      const workload = workloads.lister.get(request);
      const app = apps.lister.get(request);
      const plan = keeperPlan({ kind: kind.kind, workload, app }, await validator());
      await act(context, { kind, workload, app }, plan);
      return {};
    });
}

/** Carries a plan out; what the workload is told goes first, because what is noted of it is true only then. */
async function act(
  { client, events, signal, log }: ReconcileContext,
  {
    kind,
    workload,
    app,
  }: { kind: ResourceKind<Deployment>; workload: Deployment | undefined; app: CanaryApp | undefined },
  plan: ReturnType<typeof keeperPlan>,
): Promise<void> {
  if (workload !== undefined && plan.workload !== undefined) {
    await client.patch(kind, workload, plan.workload, signal);
    if (plan.problem !== undefined) {
      events.event(workload, 'Warning', Reason.CanaryInvalid, plan.problem);
      log.warn(plan.problem, { reason: Reason.CanaryInvalid });
    }
  }
  if (app !== undefined && plan.app !== undefined) await client.patch(CanaryApp, app, plan.app, signal);
  if (plan.remove !== undefined) await client.delete(CanaryApp, plan.remove, {}, signal);
  if (plan.create !== undefined) {
    await client.create(CanaryApp, plan.create, signal).catch((error: unknown) => {
      // Somebody else's, or our own whose answer was lost: the cache will show which.
      if (!isAlreadyExists(error)) throw error;
    });
  }
}
