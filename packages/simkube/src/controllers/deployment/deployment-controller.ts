import { keyOf, keyText } from '@canaryop/reconcile/object';

import { deepEqual } from '../../apiserver/object/deep-equal.ts';
import { deploymentKind, replicaSetKind, type Deployment, type ReplicaSet } from '../../kinds/apps-v1.ts';
import type { ControllerOptions } from '../controller-options.ts';
import { splitKey } from '../object-key-text.ts';
import { controllerOf, OwnedObjects } from '../owned-objects.ts';
import { SyncLoop } from '../sync-loop.ts';
import { deploymentStatus, isComplete, untilDeadlineMs } from './deployment-status.ts';
import { fenceposts, newReplicas, oldReplicas, proportionalReplicas, type ReplicaCounts } from './replica-math.ts';
import {
  desiredReplicasAnnotation,
  replicaSetAnnotations,
  replicaSetFor,
  revisionAnnotation,
  revisionOf,
  runsTemplate,
  sizeAnnotations,
  templateHash,
} from './replica-set-template.ts';

interface Rollout {
  readonly deployment: Deployment;
  readonly fresh: ReplicaSet | undefined;
  /** Oldest first. */
  readonly old: readonly ReplicaSet[];
}

const replicasOf = (replicaSet: ReplicaSet): number => replicaSet.spec.replicas ?? 1;
const countsOf = (replicaSet: ReplicaSet): ReplicaCounts => ({
  desired: replicasOf(replicaSet),
  available: replicaSet.status?.availableReplicas ?? 0,
});

/**
 * Deployments to ReplicaSets, with the rules of kube-controller-manager: rolling updates within maxSurge and
 * maxUnavailable, Recreate, pause, proportional scaling, revisions, history, progress deadline.
 */
export class DeploymentController {
  readonly #options: ControllerOptions;
  readonly #replicaSets: OwnedObjects<ReplicaSet>;
  readonly #loop: SyncLoop;
  #unsubscribe: (() => void)[] = [];

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#replicaSets = new OwnedObjects(options.api, replicaSetKind);
    this.#loop = new SyncLoop({
      env: options.env,
      name: 'deployment-controller',
      latencyMs: options.latencyMs,
      sync: (key) => this.#sync(key),
    });
  }

  start(): void {
    this.#unsubscribe = [
      this.#options.api.watch(deploymentKind, ({ object }) => {
        this.#loop.enqueue(keyText(keyOf(object)));
      }),
      this.#replicaSets.watch((replicaSet) => {
        const owner = controllerOf(replicaSet);
        if (owner?.kind === 'Deployment') this.#loop.enqueue(`${replicaSet.metadata.namespace}/${owner.name}`);
      }),
    ];
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#loop.stop();
  }

  #sync(key: string): number | undefined {
    const deployment = this.#options.api.get(deploymentKind, splitKey(key));
    if (deployment === undefined) return undefined;
    if (deployment.metadata.deletionTimestamp === undefined) this.#reconcile(this.#observe(deployment));
    const current = this.#options.api.get(deploymentKind, splitKey(key));
    if (current === undefined) return undefined;
    return this.#writeStatus(this.#observe(current));
  }

  #observe(deployment: Deployment): Rollout {
    const owned = [...this.#replicaSets.of(deployment.metadata.uid ?? '')].sort(byAge);
    const fresh = owned.find((each) => runsTemplate(each, deployment.spec.template));
    return { deployment, fresh, old: owned.filter((each) => each !== fresh) };
  }

  #reconcile(rollout: Rollout): void {
    const { deployment } = rollout;
    if (deployment.spec.paused === true || isScaling(rollout)) {
      this.#scaleAll(rollout);
      return;
    }
    if (deployment.spec.strategy?.type === 'Recreate') this.#recreate(rollout);
    else this.#rollingUpdate(rollout);
    this.#deleteHistory(rollout);
  }

  #rollingUpdate(rollout: Rollout): void {
    const { deployment, old } = rollout;
    const replicas = deployment.spec.replicas ?? 1;
    const { maxSurge, maxUnavailable } = fenceposts(deployment.spec);
    const oldTotal = old.reduce((sum, each) => sum + replicasOf(each), 0);
    const fresh = this.#ensureFresh(rollout, newReplicas(replicas, 0, oldTotal, maxSurge));
    const wanted = newReplicas(replicas, replicasOf(fresh), oldTotal + replicasOf(fresh), maxSurge);
    if (wanted !== replicasOf(fresh)) {
      this.#scale(deployment, fresh, wanted);
      return;
    }
    const next = oldReplicas(replicas, countsOf(fresh), old.map(countsOf), maxUnavailable);
    for (const [at, each] of old.entries()) this.#scale(deployment, each, next[at] ?? 0);
  }

  #recreate(rollout: Rollout): void {
    const { deployment, old } = rollout;
    for (const each of old) this.#scale(deployment, each, 0);
    const isDrained = old.every((each) => replicasOf(each) === 0 && (each.status?.replicas ?? 0) === 0);
    if (!isDrained) return;
    const replicas = deployment.spec.replicas ?? 1;
    this.#scale(deployment, this.#ensureFresh(rollout, replicas), replicas);
  }

  /** The ReplicaSet of the current template, made or brought up to date, with the latest revision. */
  #ensureFresh(rollout: Rollout, replicas: number): ReplicaSet {
    const { deployment, fresh, old } = rollout;
    const revision = Math.max(0, ...old.map(revisionOf)) + 1;
    const found =
      fresh === undefined ? this.#createFresh(deployment, revision, replicas) : this.#refresh(rollout, fresh, revision);
    this.#annotateRevision(deployment, revisionOf(found));
    return found;
  }

  #createFresh(deployment: Deployment, revision: number, replicas: number): ReplicaSet {
    const { api, events } = this.#options;
    let collisionCount = 0;
    const { namespace = '', name } = deployment.metadata;
    const taken = (hash: string): boolean =>
      api.get(replicaSetKind, { namespace, name: `${name}-${hash}` }) !== undefined;
    while (taken(templateHash(deployment.spec.template, collisionCount))) collisionCount += 1;
    const hash = templateHash(deployment.spec.template, collisionCount);
    const created = api.create(replicaSetKind, replicaSetFor(deployment, { hash, revision, replicas }));
    this.#replicaSets.add(created);
    if (replicas > 0) events.normal(deployment, 'ScalingReplicaSet', scaledText(created, 0, replicas));
    return created;
  }

  #refresh({ deployment }: Rollout, fresh: ReplicaSet, revision: number): ReplicaSet {
    const annotations = replicaSetAnnotations(deployment, fresh, revision);
    const { minReadySeconds = 0 } = deployment.spec;
    const isCurrent = (fresh.spec.minReadySeconds ?? 0) === minReadySeconds;
    if (isCurrent && deepEqual(annotations, fresh.metadata.annotations)) return fresh;
    return this.#options.api.update(replicaSetKind, {
      ...fresh,
      metadata: { ...fresh.metadata, annotations },
      spec: isCurrent ? fresh.spec : { ...fresh.spec, minReadySeconds },
    });
  }

  #annotateRevision(deployment: Deployment, revision: number): void {
    const { api } = this.#options;
    const live = api.get(deploymentKind, keyOf(deployment));
    if (live === undefined || live.metadata.annotations?.[revisionAnnotation] === String(revision)) return;
    const annotations = { ...live.metadata.annotations, [revisionAnnotation]: String(revision) };
    // Through the status subresource, as the real controller does: an annotation by PUT would bump the generation.
    api.updateStatus(deploymentKind, { ...live, metadata: { ...live.metadata, annotations } });
  }

  /** Applies a changed `spec.replicas`: to the one active ReplicaSet, or in proportion when two are in use. */
  #scaleAll(rollout: Rollout): void {
    const { deployment, fresh, old } = rollout;
    const replicas = deployment.spec.replicas ?? 1;
    const active = [...old, ...(fresh === undefined ? [] : [fresh])].filter((each) => replicasOf(each) > 0);
    const [only] = active;
    if (only === undefined || active.length === 1) {
      const target = only ?? fresh ?? old.at(-1);
      if (target !== undefined) this.#scale(deployment, target, replicas);
      return;
    }
    const allowed = replicas === 0 ? 0 : replicas + fenceposts(deployment.spec).maxSurge;
    const next = proportionalReplicas(active.map(replicasOf), allowed);
    for (const [at, each] of active.entries()) this.#scale(deployment, each, next[at] ?? 0);
  }

  #scale(deployment: Deployment, replicaSet: ReplicaSet, replicas: number): void {
    const size = sizeAnnotations(deployment);
    const annotations = { ...replicaSet.metadata.annotations, ...Object.fromEntries(size) };
    const from = replicasOf(replicaSet);
    if (from === replicas && size.every(([key, value]) => replicaSet.metadata.annotations?.[key] === value)) return;
    this.#options.api.update(replicaSetKind, {
      ...replicaSet,
      metadata: { ...replicaSet.metadata, annotations },
      spec: { ...replicaSet.spec, replicas },
    });
    if (from !== replicas) {
      this.#options.events.normal(deployment, 'ScalingReplicaSet', scaledText(replicaSet, from, replicas));
    }
  }

  /** Deletes what `revisionHistoryLimit` does not keep, once the rollout is complete. */
  #deleteHistory({ deployment, old }: Rollout): void {
    if (!isComplete(deployment, deployment.status ?? {})) return;
    const unused = old.filter((each) => replicasOf(each) === 0 && (each.status?.replicas ?? 0) === 0);
    const surplus = unused.length - (deployment.spec.revisionHistoryLimit ?? 10);
    const oldestFirst = [...unused].sort((left, right) => revisionOf(left) - revisionOf(right));
    for (const each of oldestFirst.slice(0, Math.max(0, surplus))) {
      const { uid } = each.metadata;
      this.#options.api.delete(replicaSetKind, keyOf(each), uid === undefined ? {} : { uid });
    }
  }

  #writeStatus(rollout: Rollout): number | undefined {
    const { api, env } = this.#options;
    const nowMs = env.clock.now();
    const status = deploymentStatus({ ...rollout, nowMs });
    const { deployment } = rollout;
    const written = deepEqual(deployment.status, status)
      ? deployment
      : api.updateStatus(deploymentKind, { ...deployment, status });
    const left = untilDeadlineMs(written, nowMs);
    return left === undefined ? undefined : Math.max(left, 0) + 1000;
  }
}

function isScaling({ deployment, fresh, old }: Rollout): boolean {
  const replicas = String(deployment.spec.replicas ?? 1);
  return [...old, ...(fresh === undefined ? [] : [fresh])].some((each) => {
    const desired = each.metadata.annotations?.[desiredReplicasAnnotation];
    return replicasOf(each) > 0 && desired !== undefined && desired !== replicas;
  });
}

function byAge(left: ReplicaSet, right: ReplicaSet): number {
  const key = (each: ReplicaSet): string => each.metadata.creationTimestamp ?? '';
  if (key(left) !== key(right)) return key(left) < key(right) ? -1 : 1;
  return left.metadata.name < right.metadata.name ? -1 : 1;
}

function scaledText(replicaSet: ReplicaSet, from: number, to: number): string {
  return `Scaled ${to > from ? 'up' : 'down'} replica set ${replicaSet.metadata.name} from ${from} to ${to}`;
}
