import { deepEqual } from '../../apiserver/object/deep-equal.ts';
import type { Deployment, LabelSelector, ReplicaSet } from '../../kinds/apps-v1.ts';
import type { PodTemplateSpec } from '../../kinds/core-v1.ts';
import { canonicalJson, hashName } from '../safe-name.ts';
import { fenceposts } from './replica-math.ts';

/** Tells the pods of one revision from those of another. */
const podTemplateHashLabel = 'pod-template-hash';

const prefix = 'deployment.kubernetes.io';
export const revisionAnnotation = `${prefix}/revision`;
const revisionHistoryAnnotation = `${prefix}/revision-history`;
export const desiredReplicasAnnotation = `${prefix}/desired-replicas`;
const maxReplicasAnnotation = `${prefix}/max-replicas`;

const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  'deprecated.deployment.rollback.to',
]);

/** The hash that names a revision; `collisionCount` changes it when the name is taken by another template. */
export function templateHash(template: PodTemplateSpec, collisionCount = 0): string {
  return hashName(canonicalJson(template) + (collisionCount === 0 ? '' : `#${collisionCount}`));
}

/** Whether the ReplicaSet runs exactly this template; the hash label is not part of the comparison. */
export function runsTemplate(replicaSet: ReplicaSet, template: PodTemplateSpec): boolean {
  return deepEqual(withoutHash(replicaSet.spec.template), withoutHash(template));
}

function withoutHash(template: PodTemplateSpec): unknown {
  const labels = Object.entries(template.metadata?.labels ?? {}).filter(([key]) => key !== podTemplateHashLabel);
  const annotations = Object.entries(template.metadata?.annotations ?? {});
  return { labels: Object.fromEntries(labels), annotations: Object.fromEntries(annotations), spec: template.spec };
}

/** The revision number that a ReplicaSet or Deployment carries; 0 when it has none. */
export function revisionOf(object: ReplicaSet | Deployment): number {
  const revision = Number(object.metadata.annotations?.[revisionAnnotation]);
  return Number.isSafeInteger(revision) ? revision : 0;
}

/** Annotations of the ReplicaSet of the current template: the Deployment's own, its revision and its size. */
export function replicaSetAnnotations(
  deployment: Deployment,
  known: ReplicaSet | undefined,
  revision: number,
): Readonly<Record<string, string>> {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !notCopied.has(key));
  const previous = known?.metadata.annotations ?? {};
  const history = previous[revisionHistoryAnnotation];
  const before = known === undefined ? 0 : revisionOf(known);
  const revisions =
    before === 0 || before >= revision
      ? history
      : [history, String(before)].filter((each) => each !== undefined).join(',');
  return Object.fromEntries([
    ...Object.entries(previous),
    ...copied,
    [revisionAnnotation, String(Math.max(revision, before))],
    ...(revisions === undefined ? [] : [[revisionHistoryAnnotation, revisions] as const]),
    ...sizeAnnotations(deployment),
  ]);
}

/** What a later sync compares with, to tell a change of scale from a rollout. */
export function sizeAnnotations(deployment: Deployment): readonly (readonly [string, string])[] {
  const replicas = deployment.spec.replicas ?? 1;
  return [
    [desiredReplicasAnnotation, String(replicas)],
    [maxReplicasAnnotation, String(replicas + fenceposts(deployment.spec).maxSurge)],
  ];
}

/** The ReplicaSet of the Deployment's current template. */
export function replicaSetFor(
  deployment: Deployment,
  options: { readonly hash: string; readonly revision: number; readonly replicas: number },
): ReplicaSet {
  const { hash } = options;
  const { template, selector, minReadySeconds } = deployment.spec;
  const { namespace, name, uid = '' } = deployment.metadata;
  const labels = { ...template.metadata?.labels, [podTemplateHashLabel]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: replicaSetAnnotations(deployment, undefined, options.revision),
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true, blockOwnerDeletion: true },
      ],
    },
    spec: {
      replicas: options.replicas,
      ...(minReadySeconds === undefined || minReadySeconds === 0 ? {} : { minReadySeconds }),
      selector: withHash(selector, hash),
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

function withHash(selector: LabelSelector, hash: string): LabelSelector {
  return { ...selector, matchLabels: { ...selector.matchLabels, [podTemplateHashLabel]: hash } };
}
