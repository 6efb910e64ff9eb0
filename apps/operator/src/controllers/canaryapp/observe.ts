import type { Informer } from '@canaryop/reconcile/cache';
import { Deployment, EndpointSlice, Pod } from '@canaryop/reconcile/kinds';
import {
  groupResourceOf,
  keyOf,
  keyText,
  present,
  type KubernetesObject,
  type ResourceKind,
} from '@canaryop/reconcile/object';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import type { Role } from '../../api/v1/names.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Announcer } from '../../analysis/announcer.ts';
import type { Checker } from '../../analysis/checker.ts';
import { allClaimsOf, claimsOf } from '../../modes/mode-of.ts';
import { isOwnedBy } from '../../rollout/diff.ts';
import type { Mode } from '../../rollout/mode.ts';
import type { Obstacle, Workload } from '../../rollout/observed.ts';
import type { Observation } from '../../rollout/plan.ts';
import type { Sight, WorkloadFacts } from '../../targets/target.ts';
import { VirtualService } from '../../traffic/istio/kinds.ts';
import { HTTPRoute } from '../../traffic/gateway-api/kinds.ts';
import { lostClaim, type LostClaim } from '../../traffic/claims.ts';
import type { RoutedWeight } from '../../traffic/router.ts';
import { byClaim, type CanaryAppInformers } from './informers.ts';
import type { ConfigTracking } from './config-tracking.ts';
import { following } from './following.ts';
import { withConfigs } from './further-reads.ts';
import { indexKey } from './index-key.ts';
import { byService, type Neighbours } from './neighbours.ts';
import { byController } from './pods.ts';
import type { Readiness } from './readiness.ts';

/** Where observations come from. */
export interface Senses {
  readonly informers: CanaryAppInformers;
  readonly neighbours: Neighbours;
  readonly configs: ConfigTracking;
  readonly readiness: Readiness;
  readonly checker: Checker;
  readonly announcer: Announcer;
}

/**
 * Reads what a decision about `app` needs. Undefined while a kind is still being loaded for the first time; an obstacle
 * when one can't be read, and there is nothing to decide from.
 */
export function observe(senses: Senses, app: CanaryApp, mode: Mode, now: number): Observation | Obstacle | undefined {
  const { informers, readiness, checker } = senses;
  const routing = kindsState(mode.router.kinds.map((kind) => routerInformer(senses, app, kind)));
  const live = sightOf(senses, app, mode);
  if (routing === 'loading' || live === 'loading') return undefined;
  if ('reason' in live) return live;
  const { wanted, primary, secondary, ...facts } = mode.target.observe(live);
  const rivals = rivalsOf(informers, app);
  const lost = lostClaim(app, rivals, (each) => claimsOf(each).router);
  const taken = lostClaim(app, rivals, (each) => claimsOf(each).target);
  const followed = following({ readiness, app, now }, lost === undefined ? mode.router : undefined, live);
  const { measurement, lastAskedAt } = checker.recall(keyOf(app)) ?? {};
  const since = (role: Role, workload: WorkloadFacts | undefined): Workload | undefined =>
    workload && withReadySince(readiness, app, { role, facts: workload, now });
  return present({
    app,
    live,
    wanted: (taken && targetConflict(taken)) ?? wanted,
    mayClaim: lost === undefined,
    primary: since('primary', primary),
    secondary: since('secondary', secondary),
    weight: weightNow(mode.router.weight(live), lost !== undefined),
    measurement,
    lastAskedAt,
    obstacle: routing ?? obstacleOf(app, mode, live) ?? (lost && hostConflict(lost)) ?? followed.obstacle,
    unconfirmed: followed.unconfirmed,
    ...facts,
    watchedSince: readiness.watchedSince(keyText(keyOf(app)), now),
  });
}

/** Kinds of a router that few clusters have are watched where an application asks for them, and nowhere else. */
function routerInformer<T extends KubernetesObject>(
  { informers, neighbours }: Senses,
  { metadata }: CanaryApp,
  kind: ResourceKind<T>,
): Informer<T> {
  return informers.shares(kind) ? informers.byKind(kind) : neighbours.informer(kind, metadata.namespace ?? '');
}

/**
 * What the cache has in the namespace of `app`: the kinds of its target, and what it reads of others, in full; `loading`
 * before their first answer, and an obstacle when there is none to be had.
 */
function sightOf(senses: Senses, app: CanaryApp, mode: Mode): Sight | Obstacle | 'loading' {
  const { informers, neighbours } = senses;
  const { namespace = '' } = app.metadata;
  const { target, router } = mode;
  const others = [...target.reads, ...router.reads];
  const full = others.length === 0 ? [] : [...others, ...target.owned].map(({ kind }) => kind);
  const byKind = new Map<string, Informer<KubernetesObject>>(
    full
      .filter((kind) => kind !== EndpointSlice && kind !== Pod)
      .map((kind) => [groupResourceOf(kind), neighbours.informer(kind, namespace)]),
  );
  const slices = full.includes(EndpointSlice) ? neighbours.endpoints(namespace) : undefined;
  const pods = full.length === 0 ? informers.pods : neighbours.pods(namespace);
  if (full.includes(Pod)) byKind.set(groupResourceOf(Pod), pods);
  const state = kindsState([...byKind.values(), pods, ...(slices === undefined ? [] : [slices])]);
  if (state !== undefined) return state;
  const sight: Sight = {
    get: <T extends KubernetesObject>(kind: ResourceKind<T>, name: string) => {
      // The key names the kind, so what is kept under it was made for T.
      const informer = byKind.get(groupResourceOf(kind)) as Informer<T> | undefined;
      return (informer ?? routerInformer(senses, app, kind)).lister.get({ namespace, name });
    },
    pods: (deployment): readonly Pod[] =>
      pods.lister.byIndex(byController, indexKey(namespace, Deployment.kind, deployment)),
    endpoints: (service) => readyEndpoints(slices?.lister.byIndex(byService, service) ?? []),
  };
  return target.furtherReads === undefined
    ? sight
    : withConfigs(senses.configs, sight, target.furtherReads(sight), namespace);
}

function readyEndpoints(slices: readonly EndpointSlice[]): number {
  const ready = slices
    .flatMap(({ endpoints = [] }) => endpoints)
    .filter(({ conditions }) => conditions?.ready !== false);
  return new Set(ready.flatMap(({ addresses }) => addresses)).size;
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
  return allClaimsOf(app).flatMap((claim) => apps.lister.byIndex(byClaim, claim));
}

function targetConflict({ claim, holder }: LostClaim): Obstacle {
  const message = `${claim} is released by CanaryApp ${holder} already; delete one of the two`;
  return { reason: Reason.TargetConflict, message, stops: 'all' };
}

/** Without routes there is no traffic to take away, as long as they cannot be made either. */
function weightNow(routed: RoutedWeight, cannotRoute: boolean): number | undefined {
  if (routed === 'none' && cannotRoute) return 0;
  return typeof routed === 'number' ? routed : undefined;
}

function hostConflict({ claim, holder }: LostClaim): Obstacle {
  const host = claim.slice(claim.lastIndexOf(' ') + 1);
  const message = `host ${host} is taken by CanaryApp ${holder}; set another one in spec.service.hosts, or remove it there`;
  return { reason: Reason.HostConflict, message, stops: 'routes' };
}

function obstacleOf(app: CanaryApp, mode: Mode, live: Sight): Obstacle | undefined {
  return foreignObject(app, mode, live) ?? mode.router.obstacle(live) ?? mode.target.obstacle(live);
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
 * Whether kinds can be read; `loading` before their first answer. What was read once still stands through an outage, and
 * a server that is unwell or starting says nothing about its kinds.
 */
export function kindsState(
  informers: readonly Pick<Informer<KubernetesObject>, 'kind' | 'hasSynced' | 'problem'>[],
): Obstacle | 'loading' | undefined {
  const missing = informers.find(
    ({ hasSynced, problem }) => problem?.reason === 'NotInstalled' || (problem?.reason === 'Forbidden' && !hasSynced),
  );
  if (missing !== undefined) return missingKind(missing.kind);
  return informers.some(({ hasSynced }) => !hasSynced) ? 'loading' : undefined;
}

/** Who defines the kinds of a group. */
const definedBy = new Map([
  [VirtualService.group, 'Istio'],
  [HTTPRoute.group, 'the Gateway API'],
]);

function missingKind(kind: ResourceKind): Obstacle {
  const owner = definedBy.get(kind.group);
  const message =
    owner === undefined
      ? `${groupResourceOf(kind)} cannot be read; install its CRD, or give the operator its permissions`
      : `the kinds of ${kind.group} cannot be read; install ${owner}'s CRDs, or give the operator its permissions`;
  const reason = kind.group === VirtualService.group ? Reason.IstioMissing : Reason.KindMissing;
  return { reason, message, stops: 'all' };
}
