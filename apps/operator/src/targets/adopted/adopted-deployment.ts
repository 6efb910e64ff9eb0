import { ControllerRevision, Deployment } from '@canaryop/reconcile/kinds';
import { present } from '@canaryop/reconcile/object';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { primaryName, replicasAnnotation, revisionAnnotation } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import { Reason } from '../../api/v1/reasons.ts';
import { revisionOfContent, type Revision } from '../../api/v1/revision.ts';
import type { Intent } from '../../rollout/decision.ts';
import { isOwnedBy } from '../../rollout/diff.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import type { Obstacle } from '../../rollout/observed.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import type { Sight, Target, WorkloadFacts } from '../target.ts';
import { deploymentFacts } from '../workload.ts';
import { autoscalerOf, type ScalingNeed } from './autoscaler.ts';
import { canonicalTemplate, type PodTemplate } from './canonical-template.ts';
import { primaryCopy, primarySelector, primaryTemplate } from './primary-copy.ts';
import { keptTemplate, snapshotOf } from './snapshot.ts';

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
    obstacle: (live) => autoscaler.obstacle(live),
    selectors: (live) => {
      const labels = live.get(Deployment, targetName)?.spec?.selector.matchLabels;
      return labels && { primary: primarySelector(labels), secondary: labels };
    },
    observe: (sight) => {
      const target = sight.get(Deployment, targetName);
      const primary = ownPrimary(app, sight);
      return present({
        wanted: target === undefined ? missing(targetName) : (unsuited(target) ?? wantedOf(context, target, primary)),
        primary: primary && primaryFacts(context, primary, sight),
        secondary: target && targetFacts(context, target, primary, sight),
      });
    },
    children: (live, intent) => {
      const target = live.get(Deployment, targetName);
      const primary = ownPrimary(app, live);
      const keep = intent.fallback?.id;
      return [
        ...snapshotOf(app, live, { keep, primary }),
        ...(target === undefined ? [] : primaryChild(context, { target, primary, live }, intent.primary)),
        ...autoscaler.children(live, scalingNeed(primary, intent)),
        ...(target === undefined ? [] : [lentTarget(context, { target, primary }, intent)]),
      ];
    },
  };
}

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
  if (isPlain) return undefined;
  const message = `the selector of Deployment ${metadata.name} has matchExpressions or no labels; only matchLabels tell its pods from those of a copy`;
  return { reason: Reason.TargetUnsupported, message, stops: 'all' };
}

function ownPrimary(app: CanaryApp, live: LiveObjects): Deployment | undefined {
  const primary = live.get(Deployment, primaryName(app.metadata.name));
  return primary !== undefined && isOwnedBy(primary, app.metadata.uid ?? '') ? primary : undefined;
}

/**
 * What the target's template is. A template that primary has as well is the revision that primary has, even where a
 * newer server has filled in something new: both got it.
 */
function wantedOf({ spec }: Context, target: Deployment, primary: Deployment | undefined): Revision {
  const template = target.spec?.template ?? {};
  const shown = { image: template.spec?.containers[0]?.image ?? target.metadata.name, port: spec.service.port };
  const wanted = revisionOfContent(canonicalTemplate(template), shown);
  const released = primary?.metadata.annotations?.[revisionAnnotation];
  if (released === undefined || released === wanted.id || !isSame(target, template, primary)) return wanted;
  return { ...wanted, id: released };
}

function isSame(target: Deployment, template: PodTemplate, primary: Deployment | undefined): boolean {
  const copy = primaryTemplate(template, target.spec?.selector.matchLabels ?? {});
  const text = (of: PodTemplate): string => JSON.stringify(canonicalTemplate(of));
  return primary?.spec !== undefined && text(copy) === text(primary.spec.template);
}

function primaryFacts({ spec }: Context, primary: Deployment, sight: Sight): WorkloadFacts {
  const { name, annotations } = primary.metadata;
  const image = primary.spec?.template.spec?.containers[0]?.image ?? '';
  const revision = { id: annotations?.[revisionAnnotation] ?? '', image, port: spec.service.port };
  return deploymentFacts(primary, sight.pods('Deployment', name), revision);
}

/** A target without pods is no secondary. */
function targetFacts(
  context: Context,
  target: Deployment,
  primary: Deployment | undefined,
  sight: Sight,
): WorkloadFacts | undefined {
  const isIdle = (target.spec?.replicas ?? 1) === 0 && (target.status?.replicas ?? 0) === 0;
  if (isIdle) return undefined;
  const pods = sight.pods('Deployment', target.metadata.name);
  return deploymentFacts(target, pods, wantedOf(context, target, primary));
}

/** Primary as the intent wants it: from the target while that has the revision, else from what was kept of it. */
function primaryChild(
  context: Context,
  { target, primary, live }: Pair & { readonly live: LiveObjects },
  { id }: Revision,
): readonly Child[] {
  const { app } = context;
  const name = primaryName(app.metadata.name);
  const selector = target.spec?.selector.matchLabels ?? {};
  const isWanted = wantedOf(context, target, primary).id === id;
  const template = isWanted ? primaryTemplate(target.spec?.template ?? {}, selector) : keptTemplate(app, live, id);
  // Nobody knows any more what the revision was: what runs stays as it is.
  if (template === undefined) return [];
  const count = Number(primary?.metadata.annotations?.[replicasAnnotation] ?? (target.spec?.replicas || 1));
  const desired = primaryCopy({
    metadata: ownedMetadata(app, name),
    target,
    template,
    revisionId: id,
    replicas: count,
  });
  return [{ ...childOf(live, Deployment, name, desired), replicas: { count, isFixed: false } }];
}

/**
 * The target's count while it is wanted: at least enough pods for the share that it may get, in proportion to primary's.
 * It is never lowered before it is set to 0, because who drains still serves. An autoscaler has it from 1 on.
 */
function lentTarget({ spec }: Context, { target, primary }: Pair, { secondary, reach }: Intent): Child {
  const lent = {};
  if (secondary === undefined) return { kind: Deployment, live: target, lent, replicas: { count: 0, isFixed: true } };
  const full = primary?.spec?.replicas ?? target.spec?.replicas ?? 1;
  const needed = Math.max(1, Math.ceil((full * reach) / 100));
  const count = Math.max(needed, target.spec?.replicas ?? 1);
  return { kind: Deployment, live: target, lent, replicas: { count, isFixed: spec.autoscalerRef === undefined } };
}

/** While a run lasts, all traffic may come back to primary: what it has is the least that it keeps. */
function scalingNeed(primary: Deployment | undefined, { secondary, fallback }: Intent): ScalingNeed {
  const isRunning = secondary !== undefined && fallback !== undefined;
  const floor = isRunning ? primary?.spec?.replicas : undefined;
  return { isTried: secondary !== undefined, ...(floor === undefined ? {} : { floor }) };
}
