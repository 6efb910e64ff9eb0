import type { Deployment, Pod } from '@canaryop/reconcile/kinds';
import { keyOf, keyText, present, type KubernetesObject, type ObjectKey } from '@canaryop/reconcile/object';

import type { CanaryApp } from '../../api/v1/canaryapp.ts';
import { primaryName, secondaryName, type Role } from '../../api/v1/names.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Checker } from '../../analysis/checker.ts';
import type { LiveChildren } from '../../rollout/children.ts';
import { isOwnedBy } from '../../rollout/diff.ts';
import type { Observed, Obstacle, Workload } from '../../rollout/observed.ts';
import { workloadOf } from '../../targets/workload.ts';
import { claimsOf, lostClaim } from '../../traffic/claims.ts';
import { weightOf } from '../../traffic/istio/routes.ts';
import { byClaim, byWorkload, workloadKey, type CanaryAppInformers } from './informers.ts';
import type { Readiness } from './readiness.ts';

/** Everything that `plan` takes, read from memory at one moment. */
export type Observation = Observed & { readonly live: LiveChildren; readonly hosts?: readonly string[] };

/** Where observations come from. */
export interface Senses {
  readonly informers: CanaryAppInformers;
  readonly readiness: Readiness;
  readonly checker: Checker;
}

/** Reads what a decision about `app` needs. Undefined while a kind is still being loaded for the first time. */
export function observe(senses: Senses, app: CanaryApp, now: number): Observation | undefined {
  const istio = istioState(senses.informers);
  if (istio === 'loading') return undefined;
  const live = liveChildren(senses.informers, keyOf(app));
  const primary = workload(senses, app, { role: 'primary', deployment: live.primary, now });
  const secondary = workload(senses, app, { role: 'secondary', deployment: live.secondary, now });
  const { measurement, lastAskedAt } = senses.checker.recall(keyOf(app)) ?? {};
  const lost = lostClaim(app, rivalsOf(senses.informers, app));
  const obstacle = istio ?? foreignObject(app, live) ?? (lost && hostConflict(lost));
  return present({
    app,
    live,
    hosts: lost === undefined ? app.spec.service.hosts : undefined,
    primary,
    secondary,
    weight: weightNow(live, lost !== undefined),
    measurement,
    lastAskedAt,
    obstacle,
    watchedSince: senses.readiness.watchedSince(keyText(keyOf(app)), now),
  });
}

function liveChildren(informers: CanaryAppInformers, { namespace, name }: ObjectKey): LiveChildren {
  const named = (own: string): ObjectKey => (namespace === undefined ? { name: own } : { namespace, name: own });
  const key = named(name);
  return present({
    primary: informers.deployments.lister.get(named(primaryName(name))),
    secondary: informers.deployments.lister.get(named(secondaryName(name))),
    service: informers.services.lister.get(key),
    destinationRule: informers.destinationRules.lister.get(key),
    gateway: informers.gateways.lister.get(key),
    virtualService: informers.virtualServices.lister.get(key),
  });
}

function workload(
  { informers, readiness }: Senses,
  app: CanaryApp,
  { role, deployment, now }: { role: Role; deployment: Deployment | undefined; now: number },
): Workload | undefined {
  const { name, namespace = '', uid = '' } = app.metadata;
  if (deployment === undefined || !isOwnedBy(deployment, uid)) return undefined;
  const pods: readonly Pod[] = informers.pods.lister.byIndex(byWorkload, workloadKey(namespace, name, role));
  const facts = workloadOf(deployment, pods, name);
  const id = `${deployment.metadata.uid ?? ''} ${facts.revision.id}`;
  const readySince = readiness.since(keyText(keyOf(app)), role, { id, ready: facts.ready, now });
  return present({ ...facts, readySince });
}

function rivalsOf({ apps }: CanaryAppInformers, app: CanaryApp): readonly CanaryApp[] {
  return claimsOf(app).flatMap((claim) => apps.lister.byIndex(byClaim, claim));
}

/** Without routes there is no traffic to take away, as long as they cannot be made either. */
function weightNow({ virtualService }: LiveChildren, cannotRoute: boolean): number | undefined {
  if (virtualService === undefined) return cannotRoute ? 0 : undefined;
  return weightOf(virtualService);
}

function hostConflict({ host, holder }: { host: string; holder: string }): Obstacle {
  const message = `host ${host} is taken by CanaryApp ${holder}; set another one in spec.service.hosts, or remove it there`;
  return { reason: Reason.HostConflict, message, stops: 'routes' };
}

/** A child's name that somebody else's object has: it is never taken over, and never removed. */
function foreignObject(app: CanaryApp, live: LiveChildren): Obstacle | undefined {
  const { uid = '' } = app.metadata;
  const foreign = Object.values<KubernetesObject>({ ...live }).find((object) => !isOwnedBy(object, uid));
  if (foreign === undefined) return undefined;
  const message = `${foreign.kind} ${keyText(keyOf(foreign))} exists and does not belong to this CanaryApp; remove or rename it`;
  return { reason: Reason.ForeignObject, message, stops: 'all' };
}

/**
 * Whether Istio's kinds can be read; `loading` for the moment before their first answer. An outage of a server that has
 * answered before is no missing kind: what was read then still stands.
 */
function istioState(informers: CanaryAppInformers): Obstacle | 'loading' | undefined {
  const kinds = [informers.destinationRules, informers.gateways, informers.virtualServices];
  const waiting = kinds.filter(({ hasSynced }) => !hasSynced);
  const missing = kinds.find(
    ({ hasSynced, problem }) => problem !== undefined && (!hasSynced || problem.reason === 'NotInstalled'),
  );
  if (missing !== undefined) {
    const message = `the kinds of ${missing.kind.group} cannot be read; install Istio's CRDs, or give the operator its permissions`;
    return { reason: Reason.IstioMissing, message, stops: 'all' };
  }
  return waiting.length > 0 ? 'loading' : undefined;
}
