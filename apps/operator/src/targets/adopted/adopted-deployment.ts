import { ControllerRevision, Deployment } from '@canaryop/reconcile/kinds';
import { lastManagerOf, present } from '@canaryop/reconcile/object';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { primaryName, replicasAnnotation } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Intent } from '../../rollout/decision.ts';
import { fieldManager, isOwnedBy } from '../../rollout/diff.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import type { Obstacle } from '../../rollout/observed.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import type { Sight, Target, WorkloadFacts } from '../target.ts';
import { deploymentFacts } from '../workload.ts';
import { autoscalerOf, type ScalingNeed } from './autoscaler.ts';
import { configFacts } from './config-facts.ts';
import { configReads } from './config/config-reads.ts';
import { configObstacle } from './config/config-obstacle.ts';
import { recordOf } from './config/config-record.ts';
import { copiedKeys, trackedConfigs } from './config/tracked-configs.ts';
import { primaryCopy, primarySelector } from './primary-copy.ts';
import { primaryPlan, type PrimaryPlan } from './primary-plan.ts';
import { snapshotOf } from './snapshot.ts';
import { trackedRevision, type TrackedRevision } from './tracked-revision.ts';
import { revisionIdOf } from './workload-parts.ts';

/**
 * A Deployment that was there before. It is where new revisions are tried, and is scaled to 0 in between; a copy of it
 * serves. Of the Deployment itself nothing is written but its replica count.
 */
export function adoptedDeployment(app: CanaryApp, spec: AdoptedSpec): Target {
  const { name } = app.metadata;
  const { name: targetName } = spec.targetRef;
  const context = { app, spec };
  const autoscaler = autoscalerOf(app, spec);
  return {
    workloads: { primary: primaryName(name), secondary: targetName },
    claims: [`target Deployment ${app.metadata.namespace ?? ''}/${targetName}`],
    reads: [{ kind: Deployment, name: targetName }, ...autoscaler.reads],
    owned: [
      { kind: Deployment, name: primaryName(name) },
      { kind: ControllerRevision, name: primaryName(name) },
      ...autoscaler.owned,
    ],
    obstacle: (live) => autoscaler.obstacle(live) ?? copyObstacle(context, live),
    furtherReads: (live) =>
      configReads(app, spec, { target: live.get(Deployment, targetName), primary: ownPrimary(app, live), live }),
    selectors: (live) => {
      const labels = live.get(Deployment, targetName)?.spec?.selector.matchLabels;
      return labels && { primary: primarySelector(labels), secondary: labels };
    },
    observe: (sight) => {
      const target = sight.get(Deployment, targetName);
      const primary = ownPrimary(app, sight);
      if (target === undefined)
        return present({ wanted: missing(targetName), primary: primary && primaryFacts(context, primary, sight) });
      const tracked = trackedRevision({ app, spec, live: sight, target, primary });
      return present({
        wanted: unsuited(target) ?? tracked.revision,
        primary: primary && primaryFacts(context, primary, sight, tracked),
        secondary: targetFacts(target, sight, tracked),
        ...configFacts({ app, live: sight, target, primary, wantedId: tracked.revision.id }, tracked),
      });
    },
    children: (live, intent) => {
      const target = live.get(Deployment, targetName);
      const primary = ownPrimary(app, live);
      const wantedId = target && trackedRevision({ app, spec, live, target, primary }).revision.id;
      // What the target does not have any more is nowhere else, and primary has to be put back to it whenever it drifts.
      const onlyCopy = wantedId === intent.primary.id ? undefined : intent.primary.id;
      const snapshot = snapshotOf(app, live, { keep: intent.fallback?.id ?? onlyCopy, primary });
      const scaling = autoscaler.children(live, scalingNeed(primary, intent));
      if (target === undefined || wantedId === undefined) return [...snapshot.before, ...scaling, ...snapshot.after];
      const planned = primaryPlan({ app, live, target, primary, wantedId }, intent);
      return [
        ...snapshot.before,
        ...planned.copies.before,
        ...primaryChild(context, { target, primary, live }, { planned, revisionId: intent.primary.id }),
        ...scaling,
        lentTarget(context, { target, primary }, intent),
        ...planned.copies.after,
        // The last: until then it tells which kinds of copies there were.
        ...snapshot.after,
      ];
    },
  };
}

/** Kubernetes' limit. */
const maxLabelLength = 63;

interface Context {
  readonly app: CanaryApp;
  readonly spec: AdoptedSpec;
}

interface Pair {
  readonly target: Deployment;
  readonly primary: Deployment | undefined;
}

function missing(name: string): Obstacle {
  const message = `Deployment ${name} does not exist; create it, or delete this CanaryApp. What runs goes on running`;
  return { reason: Reason.TargetMissing, message, stops: 'all' };
}

/** Why a Deployment can't be released; undefined when it can. */
function unsuited({ metadata, spec }: Deployment): Obstacle | undefined {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  const isPlain = matchExpressions.length === 0 && Object.keys(matchLabels).length > 0;
  const long = Object.entries(primarySelector(matchLabels)).find(([, value]) => value.length > maxLabelLength);
  if (isPlain && long === undefined) return undefined;
  const why =
    long === undefined
      ? 'has matchExpressions or no labels; only matchLabels tell its pods from those of a copy'
      : `has a label ${long[0]} whose value leaves no room for the suffix -primary; a label has at most ${maxLabelLength} characters`;
  const message = `the selector of Deployment ${metadata.name} ${why}`;
  return { reason: Reason.TargetUnsupported, message, stops: 'all' };
}

function ownPrimary(app: CanaryApp, live: LiveObjects): Deployment | undefined {
  const primary = live.get(Deployment, primaryName(app.metadata.name));
  return primary !== undefined && isOwnedBy(primary, app.metadata.uid ?? '') ? primary : undefined;
}

function primaryFacts({ spec }: Context, primary: Deployment, sight: Sight, tracked?: TrackedRevision): WorkloadFacts {
  const { name } = primary.metadata;
  const image = primary.spec?.template.spec?.containers[0]?.image ?? '';
  const id = revisionIdOf(primary) ?? '';
  const template = tracked?.revision.id === id ? (tracked.revision.content?.template ?? '') : '';
  const content = { template, configs: recordOf(primary) ?? {} };
  return deploymentFacts(primary, sight.pods(name), { id, image, port: spec.service.port, content });
}

/** A target without pods is no secondary. */
function targetFacts(target: Deployment, sight: Sight, { revision }: TrackedRevision): WorkloadFacts | undefined {
  const isIdle = (target.spec?.replicas ?? 1) === 0 && (target.status?.replicas ?? 0) === 0;
  if (isIdle) return undefined;
  const facts = deploymentFacts(target, sight.pods(target.metadata.name), revision);
  return present({ ...facts, countSetBy: countSetBy(target) });
}

/** Whose managers tell who holds the target's count. */
export const countField = ['spec', 'replicas'] as const;

function countSetBy(target: Deployment): WorkloadFacts['countSetBy'] {
  const { name, time } = lastManagerOf(target, countField) ?? {};
  if (target.spec?.replicas === 0 || name === undefined || name === fieldManager || time === undefined)
    return undefined;
  return { manager: name, at: time };
}

function copyObstacle({ app, spec }: Context, live: LiveObjects): Obstacle | undefined {
  const template = live.get(Deployment, spec.targetRef.name)?.spec?.template;
  return template && configObstacle(app, live, copiedKeys(trackedConfigs(spec, template, live)));
}

/** Primary as planned; where nobody knows what it should be, it stays as it is. */
function primaryChild(
  { app }: Context,
  { target, primary, live }: Pair & { readonly live: LiveObjects },
  { planned: { template, record }, revisionId }: { readonly planned: PrimaryPlan; readonly revisionId: string },
): readonly Child[] {
  if (template === undefined) return [];
  const name = primaryName(app.metadata.name);
  const replicas = askedCount(primary) ?? (primary?.spec?.replicas || target.spec?.replicas || 1);
  const metadata = ownedMetadata(app, name);
  const desired = primaryCopy({ metadata, target, template, revisionId, record, replicas });
  return [{ ...childOf(live, Deployment, name, desired), replicas: { count: replicas, isFixed: false } }];
}

/** The count that primary was last asked to have; undefined where that was garbled or is not there. */
function askedCount(primary: Deployment | undefined): number | undefined {
  const count = Number(primary?.metadata.annotations?.[replicasAnnotation]);
  return Number.isSafeInteger(count) && count > 0 ? count : undefined;
}

/**
 * The target's count while it is wanted: at least enough pods for the share that it may get, in proportion to primary's.
 * It is never lowered before it is set to 0, because who drains still serves. An autoscaler has it from 1 on, but for
 * the moment at which all traffic begins to come back: until it has looked, too few pods would get it.
 */
function lentTarget(
  { spec }: Context,
  { target, primary }: Pair,
  { secondary, reach, isRaised, leavesCount }: Intent,
): Child {
  const lent = {};
  if (secondary === undefined && leavesCount === true) return { kind: Deployment, live: target, lent };
  if (secondary === undefined) return { kind: Deployment, live: target, lent, replicas: { count: 0, isFixed: true } };
  const full = primary?.spec?.replicas ?? target.spec?.replicas ?? 1;
  const needed = Math.max(1, Math.ceil((full * reach) / 100));
  const count = Math.max(needed, target.spec?.replicas ?? 1);
  return {
    kind: Deployment,
    live: target,
    lent,
    replicas: { count, isFixed: spec.autoscalerRef === undefined || isRaised === true },
  };
}

/** While a run lasts, all traffic may come back to primary: what it has is the least that it keeps. */
function scalingNeed(primary: Deployment | undefined, { secondary, fallback }: Intent): ScalingNeed {
  const isRunning = secondary !== undefined && fallback !== undefined;
  const floor = isRunning ? primary?.spec?.replicas : undefined;
  return { isTried: secondary !== undefined, ...(floor === undefined ? {} : { floor }) };
}
