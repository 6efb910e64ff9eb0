import { Deployment, Pod } from '@canaryop/reconcile/kinds';
import { present, type ResourceKind } from '@canaryop/reconcile/object';

import type { CanaryApp, CanaryPodSpec } from '../../api/v1/canaryapp.ts';
import { canaryName, revisionAnnotation } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import { Reason } from '../../api/v1/reasons.ts';
import { idAmong, type Revision } from '../../api/v1/revision.ts';
import type { Intent } from '../../rollout/decision.ts';
import { isOwnedBy } from '../../rollout/diff.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import type { Obstacle } from '../../rollout/observed.ts';
import { podsAtWeight, weightOfPods } from '../../rollout/pod-steps.ts';
import { ownStatus, recordedRevisions } from '../../rollout/revision-record.ts';
import type { Child } from '../../rollout/write.ts';
import { revisionIdOf } from '../adopted/workload-parts.ts';
import type { Target, TargetFacts } from '../target.ts';
import { deploymentFacts } from '../workload.ts';
import { clonedPod, containersWith, isClone } from './cloned-pod.ts';
import { DeploymentConfig } from './deployment-config.ts';
import { canaryPodFacts, hasEnded, isServing } from './pod-facts.ts';

/** The share that is asked for: a pod of them all, whatever that is. */
export const smallestShare = 1;

/**
 * A workload that goes on serving, and one pod beside it that was cloned from its template with another image. Of the
 * workload nothing is written but that image, once it has passed, and a note of which revision it is known to run.
 */
export function canaryPod(app: CanaryApp, spec: CanaryPodSpec): Target {
  const { namespace = '', name } = app.metadata;
  const { kind, name: targetName } = spec.targetRef;
  const workloadKind = kindOf(spec);
  const context = { app, spec };
  return {
    workloads: { primary: targetName, secondary: canaryName(name) },
    claims: [`target ${kind} ${namespace}/${targetName}`],
    reads: [{ kind: workloadKind, name: targetName }],
    owned: [{ kind: Pod, name: canaryName(name) }],
    obstacle: () => undefined,
    // Both are found by the same labels, which is the point.
    selectors: () => undefined,
    observe: (sight) => {
      const workload = sight.get(workloadKind, targetName);
      const seen = workload && seenOf(context, workload);
      const pod = ownPod(app, sight);
      const wantedPod = seen && 'running' in seen ? clone(context, seen, seen.asked) : undefined;
      const secondary = pod && canaryPodFacts(pod, seen && 'running' in seen ? seen.asked : unknown, wantedPod);
      if (seen === undefined) return present({ wanted: missing(spec), secondary });
      if (!('running' in seen)) return present({ wanted: seen, secondary });
      const pods = workloadKind === Deployment ? sight.pods(targetName) : [];
      const primary = deploymentFacts(seen.workload, pods, seen.running);
      return present({ wanted: seen.wanted, primary, secondary, ...factsOfRun(context, seen) });
    },
    children: (live, intent) => {
      const workload = live.get(workloadKind, targetName);
      const seen = workload && seenOf(context, workload);
      if (seen === undefined || !('running' in seen)) return [podChild(context, live, undefined)];
      const { secondary, weight } = intent;
      const wantedPod = secondary === undefined || weight === 0 ? undefined : clone(context, seen, secondary);
      return [workloadChild(context, seen, intent), podChild(context, live, wantedPod)];
    },
  };
}

/** The share of the pod: nothing until it takes requests, and what it is expected to be for as long as it does. */
export function canaryPodShare(app: CanaryApp, spec: CanaryPodSpec, live: LiveObjects): number | 'none' {
  const workload = live.get(kindOf(spec), spec.targetRef.name);
  const seen = workload && seenOf({ app, spec }, workload);
  if (seen === undefined || !('running' in seen)) return 'none';
  const pod = ownPod(app, live);
  if (pod === undefined || !isServing(pod)) return 0;
  // A pod of another template takes part in nothing; whether it is the revision of this run is asked elsewhere.
  const { run } = ownStatus(app);
  const tried = run === undefined ? seen.asked : { ...seen.asked, id: run.revision, image: run.image };
  if (!isClone(pod, clone({ app, spec }, seen, tried))) return 0;
  const count = podsInAll(app, seen);
  return weightOfPods(podsAtWeight(smallestShare, count), count);
}

interface Context {
  readonly app: CanaryApp;
  readonly spec: CanaryPodSpec;
}

/** What a workload shows. */
interface Seen {
  readonly workload: Deployment;
  readonly container: string;
  /** What it runs now. */
  readonly running: Revision;
  /** What the spec asks for. */
  readonly asked: Revision;
  /** What is to be released: what somebody else put on the workload, before anything is tried beside that. */
  readonly wanted: Revision;
  /** Whether it runs what we know it to. */
  readonly isKnown: boolean;
}

const unknown: Revision = { id: '', image: '', port: 0 };

function kindOf({ targetRef }: CanaryPodSpec): ResourceKind<Deployment> {
  return targetRef.kind === 'DeploymentConfig' ? DeploymentConfig : Deployment;
}

function seenOf({ app, spec }: Context, workload: Deployment): Seen | Obstacle {
  const containers = workload.spec?.template.spec?.containers ?? [];
  const [only] = containers;
  const wantedName = spec.canaryPod.container ?? (containers.length === 1 ? only?.name : undefined);
  const container = containers.find((each) => each.name === wantedName);
  if (container?.name === undefined || container.image === undefined) return noContainer(spec, containers);
  const { name } = container;
  const revision = (image: string): Revision => ({
    id: idAmong(
      recordedRevisions(app).map((known) => ({ id: known.revision, looksAlike: known.image === image })),
      () => ({ container: name, image }),
    ),
    image,
    port: spec.service.port,
  });
  const running = revision(container.image);
  const asked = revision(spec.canaryPod.image);
  const isKnown = revisionIdOf(workload) === running.id;
  return { workload, container: name, running, asked, wanted: isKnown ? asked : running, isKnown };
}

function missing({ targetRef: { kind, name } }: CanaryPodSpec): Obstacle {
  const message = `${kind} ${name} does not exist; create it, or delete this CanaryApp. What runs goes on running`;
  return { reason: Reason.TargetMissing, message, stops: 'all' };
}

function noContainer(
  { targetRef: { kind, name }, canaryPod: { container } }: CanaryPodSpec,
  containers: readonly { readonly name: string }[],
): Obstacle {
  const names = containers.map((each) => each.name).join(', ');
  const message =
    container === undefined
      ? `${kind} ${name} has several containers (${names}); say in canaryPod.container which one is to be tried`
      : `${kind} ${name} has no container ${container}; it has ${names}`;
  return { reason: Reason.TargetUnsupported, message, stops: 'all' };
}

/** What a run is decided from beside the two workloads; at rest the count of the pods is nobody's business. */
function factsOfRun({ app }: Context, seen: Seen): Pick<TargetFacts, 'replicas' | 'direct' | 'lost'> {
  const { run, released } = ownStatus(app);
  const isAtRest = run === undefined && seen.wanted.id === released?.revision;
  const isThere = seen.wanted.id === seen.running.id;
  const awaited = run?.stage === 'Restoring' ? released?.revision : run?.revision;
  const isLost = run !== undefined && !seen.isKnown && seen.running.id !== awaited;
  return present({
    replicas: isAtRest ? undefined : { count: podsInAll(app, seen) },
    direct: isThere ? `direct: ${seen.workload.kind} ${seen.workload.metadata.name} runs it already` : undefined,
    lost: isLost ? awaited : undefined,
  });
}

/** With the one on trial. What a run began with stays, so that an autoscaler changes no share in the middle. */
function podsInAll(app: CanaryApp, { workload }: Seen): number {
  const { run, replicas } = ownStatus(app);
  return (run === undefined ? undefined : replicas) ?? (workload.spec?.replicas ?? 1) + 1;
}

function ownPod(app: CanaryApp, live: LiveObjects): Pod | undefined {
  const pod = live.get(Pod, canaryName(app.metadata.name));
  return pod !== undefined && isOwnedBy(pod, app.metadata.uid ?? '') ? pod : undefined;
}

function clone({ app }: Context, { workload, container }: Seen, revision: Revision): Pod {
  return clonedPod({ metadata: ownedMetadata(app, canaryName(app.metadata.name)), workload, container, revision });
}

/** A pod is made and removed, and never changed: one that is not what it should be is replaced. */
function podChild({ app }: Context, live: LiveObjects, desired: Pod | undefined): Child {
  const pod = live.get(Pod, canaryName(app.metadata.name));
  if (pod === undefined || desired === undefined) return present({ kind: Pod, live: pod, desired });
  const isOurs = isOwnedBy(pod, app.metadata.uid ?? '');
  return isOurs && (!isClone(pod, desired) || hasEnded(pod))
    ? { kind: Pod, live: pod }
    : { kind: Pod, live: pod, lent: {} };
}

/**
 * The workload gets the intended image where it runs what is known, and a note of it. What somebody else put there in the
 * meantime stays, and is noted once it is what is intended.
 */
function workloadChild({ spec }: Context, { workload, container, running, isKnown }: Seen, { primary }: Intent): Child {
  const note = { metadata: { annotations: { [revisionAnnotation]: primary.id } } };
  const containers = containersWith(workload.spec?.template ?? {}, container, primary.image);
  const isThere = running.id === primary.id;
  const patch = isThere ? note : isKnown ? { ...note, spec: { template: { spec: { containers } } } } : undefined;
  return { kind: kindOf(spec), live: workload, lent: present({ patch }) };
}
