import { HorizontalPodAutoscaler } from '@canaryop/reconcile/kinds';
import { present, type KubernetesObject, type ObjectMeta, type ResourceKind } from '@canaryop/reconcile/object';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { primaryName } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import { Reason } from '../../api/v1/reasons.ts';
import type { LiveObjects, ObjectRef } from '../../rollout/live-objects.ts';
import type { Obstacle } from '../../rollout/observed.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import { copied } from './primary-copy.ts';
import { ScaledObject } from './scaled-object.ts';

/** KEDA keeps its hands off a workload, and leaves it at this count. */
const pausedAnnotation = 'autoscaling.keda.sh/paused-replicas';
const pausedAtNone = '0';
/** On a ScaledObject that its owner had paused already: at which count. */
const theirPauseAnnotation = 'canary.atze.io/original-paused-replicas';
const pausing = /^autoscaling\.keda\.sh\/paused/;

/** What a run asks of autoscalers. */
export interface ScalingNeed {
  /** The target is meant to have pods. */
  readonly isTried: boolean;
  /** Pods that primary must not fall below: a run's traffic may come back at any moment. Absent: no run. */
  readonly floor?: number;
}

/** What scales the target, if the spec names it. */
export interface Autoscaler {
  readonly reads: readonly ObjectRef[];
  readonly owned: readonly ObjectRef[];
  obstacle(live: LiveObjects): Obstacle | undefined;
  children(live: LiveObjects, need: ScalingNeed): readonly Child[];
}

const none: Autoscaler = { reads: [], owned: [], obstacle: () => undefined, children: () => [] };

/** The autoscaler of a target: primary has a copy of it. While it is gone nothing more is copied, and nothing is lost. */
export function autoscalerOf(app: CanaryApp, { autoscalerRef }: AdoptedSpec): Autoscaler {
  if (autoscalerRef === undefined) return none;
  const { kind, name } = autoscalerRef;
  return kind === 'ScaledObject' ? scaledObject(app, name) : podAutoscaler(app, name);
}

function podAutoscaler(app: CanaryApp, name: string): Autoscaler {
  return {
    ...refsOf(app, HorizontalPodAutoscaler, name),
    children: (live, { floor }) => {
      const original = live.get(HorizontalPodAutoscaler, name);
      if (original === undefined) return [];
      const { spec } = original;
      const { minReplicas = 1, maxReplicas } = spec;
      const desired: HorizontalPodAutoscaler = {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: copyMetadata(app, original),
        spec: {
          ...spec,
          scaleTargetRef: { ...spec.scaleTargetRef, name: primaryName(app.metadata.name) },
          minReplicas: raised(minReplicas, maxReplicas, floor),
        },
      };
      return [childOf(live, HorizontalPodAutoscaler, primaryName(app.metadata.name), desired)];
    },
  };
}

/** A ScaledObject raises a workload from 0 by itself, so it is paused there for as long as nothing is tried. */
function scaledObject(app: CanaryApp, name: string): Autoscaler {
  return {
    ...refsOf(app, ScaledObject, name),
    children: (live, { floor, isTried }) => {
      const original = live.get(ScaledObject, name);
      if (original === undefined) return [];
      const { spec } = original;
      const { minReplicaCount = 0, maxReplicaCount = 100 } = spec;
      const desired: ScaledObject = {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: copyMetadata(app, original),
        spec: {
          ...spec,
          scaleTargetRef: { ...spec.scaleTargetRef, name: primaryName(app.metadata.name) },
          ...(floor === undefined ? {} : { minReplicaCount: raised(minReplicaCount, maxReplicaCount, floor) }),
        },
      };
      return [
        childOf(live, ScaledObject, primaryName(app.metadata.name), desired),
        { kind: ScaledObject, live: original, lent: { patch: pausePatch(original, isTried) } },
      ];
    },
  };
}

/** A merge patch that pauses a ScaledObject, or leaves it as its owner had it, who may have paused it too. */
function pausePatch({ metadata: { annotations = {} } }: ScaledObject, isTried: boolean): object {
  const { [pausedAnnotation]: current, [theirPauseAnnotation]: theirs } = annotations;
  const isOurs = current === pausedAtNone;
  if (!isTried) {
    const remembered = current === undefined || isOurs ? {} : { [theirPauseAnnotation]: current };
    return { metadata: { annotations: { [pausedAnnotation]: pausedAtNone, ...remembered } } };
  }
  return isOurs
    ? { metadata: { annotations: { [pausedAnnotation]: theirs ?? null, [theirPauseAnnotation]: null } } }
    : {};
}

function refsOf(app: CanaryApp, kind: ResourceKind, name: string): Omit<Autoscaler, 'children'> {
  return {
    reads: [{ kind, name }],
    owned: [{ kind, name: primaryName(app.metadata.name) }],
    obstacle: (live) => (live.get(kind, name) === undefined ? missing(kind, name) : undefined),
  };
}

function missing(kind: ResourceKind, name: string): Obstacle {
  const message = `${kind.kind} ${name} does not exist; create it, or remove spec.autoscalerRef. Primary keeps its copy`;
  return { reason: Reason.AutoscalerMissing, message, stops: 'routes' };
}

/** The least count: what the user set, or what primary has now, so that it only ever grows while a run lasts. */
function raised(min: number, max: number, floor = 0): number {
  return Math.min(Math.max(min, floor), max);
}

function copyMetadata(app: CanaryApp, { metadata }: KubernetesObject): ObjectMeta {
  const isCopied = (key: string): boolean => !pausing.test(key) && key !== theirPauseAnnotation;
  const unpaused = Object.entries(metadata.annotations ?? {}).filter(([key]) => isCopied(key));
  return present({
    ...ownedMetadata(app, primaryName(app.metadata.name)),
    labels: copied(metadata.labels),
    annotations: copied(Object.fromEntries(unpaused)),
  });
}
