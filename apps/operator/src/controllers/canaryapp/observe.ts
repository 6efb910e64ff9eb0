import type { Pod } from '@canaryop/reconcile/kinds';
import { keyOf, keyText, present, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import type { Role } from '../../api/v1/names.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Checker } from '../../analysis/checker.ts';
import { claimsOf } from '../../modes/mode-of.ts';
import { isOwnedBy } from '../../rollout/diff.ts';
import type { Mode } from '../../rollout/mode.ts';
import type { Obstacle, Workload } from '../../rollout/observed.ts';
import type { Observation } from '../../rollout/plan.ts';
import type { Sight, WorkloadFacts } from '../../targets/target.ts';
import { lostClaim, type LostClaim } from '../../traffic/claims.ts';
import type { RoutedWeight } from '../../traffic/router.ts';
import { byClaim, byController, controllerKey, type CanaryAppInformers } from './informers.ts';
import type { Readiness } from './readiness.ts';

/** Where observations come from. */
export interface Senses {
  readonly informers: CanaryAppInformers;
  readonly readiness: Readiness;
  readonly checker: Checker;
}

/** Reads what a decision about `app` needs. Undefined while a kind is still being loaded for the first time. */
export function observe(senses: Senses, app: CanaryApp, mode: Mode, now: number): Observation | undefined {
  const { informers, readiness, checker } = senses;
  const routing = routingState(informers, mode.router.kinds);
  if (routing === 'loading') return undefined;
  const live = sightOf(informers, app);
  const { wanted, primary, secondary } = mode.target.observe(live);
  const lost = lostClaim(app, rivalsOf(informers, app), claimsOf);
  const { measurement, lastAskedAt } = checker.recall(keyOf(app)) ?? {};
  const since = (role: Role, facts: WorkloadFacts | undefined): Workload | undefined =>
    facts && withReadySince(readiness, app, { role, facts, now });
  return present({
    app,
    live,
    wanted,
    mayClaim: lost === undefined,
    primary: since('primary', primary),
    secondary: since('secondary', secondary),
    weight: weightNow(mode.router.weight(live), lost !== undefined),
    measurement,
    lastAskedAt,
    obstacle: routing ?? foreignObject(app, mode, live) ?? (lost && hostConflict(lost)),
    watchedSince: readiness.watchedSince(keyText(keyOf(app)), now),
  });
}

/** What the cache has in the namespace of `app`. */
function sightOf({ byKind, pods }: CanaryAppInformers, { metadata }: CanaryApp): Sight {
  const { namespace } = metadata;
  return {
    get: <T extends KubernetesObject>(kind: ResourceKind<T>, name: string) =>
      byKind(kind).lister.get(namespace === undefined ? { name } : { namespace, name }),
    pods: (kind, name): readonly Pod[] => pods.lister.byIndex(byController, controllerKey(namespace ?? '', kind, name)),
  };
}

function withReadySince(
  readiness: Readiness,
  app: CanaryApp,
  { role, facts, now }: { role: Role; facts: WorkloadFacts; now: number },
): Workload {
  const { uid, revision, ready } = facts;
  const readySince = readiness.since(keyText(keyOf(app)), role, { id: `${uid} ${revision.id}`, ready, now });
  return present({ ...facts, readySince });
}

function rivalsOf({ apps }: CanaryAppInformers, app: CanaryApp): readonly CanaryApp[] {
  return claimsOf(app).flatMap((claim) => apps.lister.byIndex(byClaim, claim));
}

/** Without routes there is no traffic to take away, as long as they cannot be made either. */
function weightNow(routed: RoutedWeight, cannotRoute: boolean): number | undefined {
  if (routed === 'none' && cannotRoute) return 0;
  return typeof routed === 'number' ? routed : undefined;
}

function hostConflict({ host, holder }: LostClaim): Obstacle {
  const message = `host ${host} is taken by CanaryApp ${holder}; set another one in spec.service.hosts, or remove it there`;
  return { reason: Reason.HostConflict, message, stops: 'routes' };
}

/** A child's name that somebody else's object has: it is never taken over, and never removed. */
function foreignObject(app: CanaryApp, { target, router }: Mode, live: Sight): Obstacle | undefined {
  const { uid = '' } = app.metadata;
  const foreign = [...target.owned, ...router.owned]
    .map(({ kind, name }) => live.get(kind, name))
    .find((object) => object !== undefined && !isOwnedBy(object, uid));
  if (foreign === undefined) return undefined;
  const message = `${foreign.kind} ${keyText(keyOf(foreign))} exists and does not belong to this CanaryApp; remove or rename it`;
  return { reason: Reason.ForeignObject, message, stops: 'all' };
}

/**
 * Whether the kinds of a router can be read; `loading` for the moment before their first answer. An outage of a server
 * that has answered before is no missing kind: what was read then still stands.
 */
function routingState(
  { byKind }: CanaryAppInformers,
  kinds: readonly ResourceKind[],
): Obstacle | 'loading' | undefined {
  const informers = kinds.map((kind) => byKind(kind));
  const missing = informers.find(
    ({ hasSynced, problem }) => problem !== undefined && (!hasSynced || problem.reason === 'NotInstalled'),
  );
  if (missing !== undefined) {
    const message = `the kinds of ${missing.kind.group} cannot be read; install Istio's CRDs, or give the operator its permissions`;
    return { reason: Reason.IstioMissing, message, stops: 'all' };
  }
  return informers.some(({ hasSynced }) => !hasSynced) ? 'loading' : undefined;
}
