import { mergeDiff } from '@canaryop/reconcile/apply';
import { ControllerRevision, Deployment } from '@canaryop/reconcile/kinds';
import { present } from '@canaryop/reconcile/object';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { primaryName } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { Intent } from '../../rollout/decision.ts';
import { isOwnedBy } from '../../rollout/diff.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import type { Obstacle } from '../../rollout/observed.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import type { Sight, Target, TargetFacts, WorkloadFacts } from '../target.ts';
import { deploymentFacts, podFacts } from '../workload.ts';
import { autoscalerOf, type ScalingNeed } from './autoscaler.ts';
import { configFacts } from './config-facts.ts';
import { configReads } from './config/config-reads.ts';
import { configObstacle } from './config/config-obstacle.ts';
import { recordOf } from './config/config-record.ts';
import { copiedKeys, trackedConfigs } from './config/tracked-configs.ts';
import { countSetBy } from './count-set-by.ts';
import { suffixedLabels, type Labelling } from './labelling.ts';
import { proportionalCounts, type Pair, type PodCounts } from './pod-counts.ts';
import { primaryCopy, restoredTemplate } from './primary-copy.ts';
import { primaryPlan, type PrimaryPlan } from './primary-plan.ts';
import { snapshotOf } from './snapshot.ts';
import { trackedRevision, type TrackedRevision } from './tracked-revision.ts';
import { revisionIdOf, selectorOf, templateOf } from './workload-parts.ts';

/**
 * A Deployment that was there before. It is where new revisions are tried, and is scaled to 0 in between; a copy of it
 * serves. Of the Deployment itself nothing is written but its replica count.
 */
export function adoptedDeployment(app: CanaryApp, spec: AdoptedSpec, ways: Ways = waysOfRoutes(spec)): Target {
  const { name } = app.metadata;
  const { name: targetName } = spec.targetRef;
  const { labelling } = ways;
  const context = { app, spec, ways };
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
      return labels && labelling.areApart ? { primary: labelling.labels(labels), secondary: labels } : undefined;
    },
    observe: (sight) => {
      const target = sight.get(Deployment, targetName);
      const primary = ownPrimary(app, sight);
      if (target === undefined)
        return present({ wanted: missing(targetName), primary: primary && primaryFacts(context, primary, sight) });
      const tracked = trackedRevision({ app, spec, live: sight, target, primary, labelling });
      return present({
        wanted: unsuited(context, target) ?? tracked.revision,
        primary: primary && primaryFacts(context, primary, sight, tracked),
        secondary: targetFacts(target, sight, tracked),
        ...ways.facts?.({ target, primary, tracked }),
        ...configFacts({ app, live: sight, target, primary, labelling, wantedId: tracked.revision.id }, tracked),
      });
    },
    children: (live, intent) => {
      const target = live.get(Deployment, targetName);
      const primary = ownPrimary(app, live);
      const wantedId = target && trackedRevision({ app, spec, live, target, primary, labelling }).revision.id;
      // What the target does not have any more is nowhere else, and primary has to be put back to it whenever it drifts.
      const onlyCopy = wantedId === intent.primary.id ? undefined : intent.primary.id;
      const snapshot = snapshotOf(app, live, { keep: intent.fallback?.id ?? onlyCopy, primary });
      const scaling = autoscaler.children(live, scalingNeed(primary, intent));
      if (target === undefined || wantedId === undefined) return [...snapshot.before, ...scaling, ...snapshot.after];
      const planned = primaryPlan({ app, live, target, primary, labelling, wantedId }, intent);
      return [
        ...snapshot.before,
        ...planned.copies.before,
        ...primaryChild(context, { target, primary, live }, { planned, intent }),
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

/** What depends on how traffic finds the pods. */
export interface Ways {
  readonly labelling: Labelling;
  readonly counts: PodCounts;
  /** What is seen of the target beside what is seen of any. */
  facts?(seen: Pair & { readonly tracked: TrackedRevision }): Pick<TargetFacts, 'replicas' | 'direct'>;
}

function waysOfRoutes({ autoscalerRef }: AdoptedSpec): Ways {
  return { labelling: suffixedLabels, counts: proportionalCounts(autoscalerRef !== undefined) };
}

interface Context {
  readonly app: CanaryApp;
  readonly spec: AdoptedSpec;
  readonly ways: Ways;
}

function missing(name: string): Obstacle {
  const message = `Deployment ${name} does not exist; create it, or delete this CanaryApp. What runs goes on running`;
  return { reason: Reason.TargetMissing, message, stops: 'all' };
}

/** Why a Deployment can't be released; undefined when it can. */
function unsuited({ ways }: Context, { metadata, spec }: Deployment): Obstacle | undefined {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  const isPlain = matchExpressions.length === 0 && Object.keys(matchLabels).length > 0;
  const long = Object.entries(ways.labelling.labels(matchLabels)).find(([, value]) => value.length > maxLabelLength);
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
  return present({
    ...facts,
    countSetBy: countSetBy(target),
    pods: podFacts(target, sight.pods(target.metadata.name)),
  });
}

function copyObstacle({ app, spec }: Context, live: LiveObjects): Obstacle | undefined {
  const template = live.get(Deployment, spec.targetRef.name)?.spec?.template;
  return template && configObstacle(app, live, copiedKeys(trackedConfigs(spec, template, live)));
}

/** Primary as planned; where nobody knows what it should be, it stays as it is. */
function primaryChild(
  { app, ways }: Context,
  { target, primary, live }: Pair & { readonly live: LiveObjects },
  { planned: { template, record }, intent }: { readonly planned: PrimaryPlan; readonly intent: Intent },
): readonly Child[] {
  const pair = { target, primary };
  const count = ways.counts.primary(pair, intent);
  // Whatever it runs, how much of it there is follows the intent where that is the traffic.
  if (template === undefined)
    return primary !== undefined && count.isFixed
      ? [{ kind: Deployment, live: primary, lent: {}, replicas: count }]
      : [];
  const name = primaryName(app.metadata.name);
  const replicas = ways.counts.asked(pair, intent);
  const metadata = ownedMetadata(app, name);
  const { labelling } = ways;
  const desired = primaryCopy({
    metadata,
    target,
    labelling,
    template,
    revisionId: intent.primary.id,
    record,
    replicas,
  });
  return [{ ...childOf(live, Deployment, name, desired), replicas: count }];
}

/** The target gets nothing but its count, and what primary runs where that is wanted. */
function lentTarget({ ways }: Context, pair: Pair, intent: Intent): Child {
  const { target: live } = pair;
  const { counts, labelling } = ways;
  const restored = intent.restoresTarget === true ? restoringPatch(pair, labelling) : undefined;
  const replicas = counts.target(pair, intent);
  if (intent.secondary === undefined && intent.leavesCount === true)
    return { kind: Deployment, live, lent: present({ patch: restored }) };
  if (counts.signs) {
    const spec = { ...restored?.spec, replicas: replicas.count };
    return { kind: Deployment, live, lent: { patch: { spec } } };
  }
  return { kind: Deployment, live, lent: present({ patch: restored }), replicas };
}

/** A merge patch that gives the target what primary runs. */
function restoringPatch({ target, primary }: Pair, labelling: Labelling): { readonly spec?: object } | undefined {
  if (primary === undefined) return undefined;
  const [selector, template, record] = [selectorOf(target), templateOf(target), recordOf(primary) ?? {}];
  const restored = restoredTemplate(templateOf(primary), { selector, template }, { labelling, record });
  return mergeDiff({ spec: { template } }, { spec: { template: restored } });
}

/** While a run lasts, all traffic may come back to primary: what it has is the least that it keeps. */
function scalingNeed(primary: Deployment | undefined, { secondary, fallback }: Intent): ScalingNeed {
  const isRunning = secondary !== undefined && fallback !== undefined;
  const floor = isRunning ? primary?.spec?.replicas : undefined;
  return { isTried: secondary !== undefined, ...(floor === undefined ? {} : { floor }) };
}
