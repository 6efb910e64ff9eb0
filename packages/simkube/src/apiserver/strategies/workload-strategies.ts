import { forbiddenValue, invalidValue, requiredValue, type FieldError } from '../../schema/field-error.ts';
import type { Json } from '../../schema/structural-schema.ts';
import {
  numberAt,
  objectAt,
  valueAt,
  withFields,
  withMetadata,
  type ApiObject,
  type JsonObject,
} from '../object/api-object.ts';
import { isUnreadableSelector } from '../../schema/workload-validation.ts';
import { asJson } from '../object/json.ts';
import { deepEqual } from '../object/deep-equal.ts';
import type { Strategy, StrategyChange } from '../registry/strategy.ts';
import { compileLabelSelector } from '../selector/label-selector.ts';
import { fill, fillIn } from './fill.ts';
import { immutableField } from './immutable.ts';
import { podTemplateDefaults } from './pod-defaults.ts';

type SpecDefaults = (spec: JsonObject) => JsonObject;

const specOf = (object: ApiObject): unknown => object['spec'];

/** Deployments count changes of annotations, too (pkg/registry/apps/deployment/strategy.go). */
const specAndAnnotations = (object: ApiObject): unknown => [object['spec'], object.metadata.annotations ?? {}];

const rollingUpdate = (spec: JsonObject, field: string, values: JsonObject): JsonObject =>
  fillIn(fill(spec, { [field]: { type: 'RollingUpdate' } }), field, (strategy) =>
    strategy['type'] === undefined || strategy['type'] === 'RollingUpdate'
      ? fillIn(fill(strategy, { type: 'RollingUpdate', rollingUpdate: {} }), 'rollingUpdate', (update) =>
          fill(update, values),
        )
      : strategy,
  );

const deploymentSpec: SpecDefaults = (spec) =>
  rollingUpdate(fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }), 'strategy', {
    maxUnavailable: '25%',
    maxSurge: '25%',
  });

const daemonSetSpec: SpecDefaults = (spec) =>
  rollingUpdate(fill(spec, { revisionHistoryLimit: 10 }), 'updateStrategy', { maxUnavailable: 1, maxSurge: 0 });

const statefulSetSpec: SpecDefaults = (spec) =>
  rollingUpdate(
    fill(spec, {
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    }),
    'updateStrategy',
    { partition: 0 },
  );

const replicaSetSpec: SpecDefaults = (spec) => fill(spec, { replicas: 1 });

/** The selector must be there, must select something, and the template's labels among it, and never changes. */
function selectorErrors(object: ApiObject, previous: ApiObject | undefined): readonly FieldError[] {
  const selector = valueAt(object, 'spec', 'selector');
  const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels');
  // Of a DaemonSet nobody asks for it; without one it selects nothing.
  const isMissing = selector === undefined || selector === null;
  const isEmpty = !isMissing && Object.keys(objectAt(selector)).length === 0;
  const isMatch = !isMissing && !isEmpty && compileLabelSelector(selector)(labels as Readonly<Record<string, string>>);
  const mismatch = invalidValue(
    'spec.template.metadata.labels',
    valueAt(object, 'spec', 'template', 'metadata', 'labels') as Json | undefined,
    '`selector` does not match template `labels`',
  );
  const rule = `empty selector is invalid for ${object.kind.toLowerCase()}`;
  return [
    ...(isMissing && object.kind !== 'DaemonSet' ? [requiredValue('spec.selector')] : []),
    ...(isEmpty ? [invalidValue('spec.selector', {}, rule)] : []),
    ...(isMatch || isEmpty || isUnreadableSelector(asJson(objectAt(selector))) ? [] : [mismatch]),
    // Of a StatefulSet it is one of the fields that may not change at all.
    ...(object.kind === 'StatefulSet' ? [] : immutableField(object, previous, 'spec.selector')),
  ];
}

function workload(spec: SpecDefaults, generationOf: NonNullable<Strategy['generationOf']>): Strategy {
  return {
    generationOf,
    defaults: (object) => fillIn(object, 'spec', (value) => fillIn(spec(value), 'template', podTemplateDefaults)),
    validate: selectorErrors,
  };
}

const statefulSet = workload(statefulSetSpec, specOf);

const mutable = {
  replicas: undefined,
  ordinals: undefined,
  template: undefined,
  updateStrategy: undefined,
  revisionHistoryLimit: undefined,
  persistentVolumeClaimRetentionPolicy: undefined,
  minReadySeconds: undefined,
};

function keptErrors(object: ApiObject, previous: ApiObject | undefined): readonly FieldError[] {
  const kept = (of: ApiObject): JsonObject => withFields(objectAt(of, 'spec'), mutable);
  if (previous === undefined || deepEqual(kept(object), kept(previous))) return [];
  const rule =
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  return [forbiddenValue('spec', rule)];
}

/** A revision's data never changes. */
function revisionErrors(object: ApiObject, previous: ApiObject | undefined): readonly FieldError[] {
  const revision = numberAt(object, 'revision') ?? 0;
  return [
    ...(revision < 0 ? [invalidValue('revision', revision, 'must be greater than or equal to 0')] : []),
    ...(previous === undefined && (object['data'] ?? null) === null
      ? [requiredValue('data', 'data is mandatory')]
      : []),
    ...immutableField(object, previous, 'data'),
  ];
}

const daemonSet = workload(daemonSetSpec, specOf);

const templateGeneration = 'deprecated.daemonset.template.generation';

/** The generation that extensions/v1beta1 had, in an annotation: set where it is missing, or removed. */
function withTemplateGeneration(object: ApiObject, generation: string | undefined): ApiObject {
  const annotations = object.metadata.annotations ?? {};
  if (generation !== undefined && templateGeneration in annotations) return object;
  return withMetadata(object, { annotations: withFields(annotations, { [templateGeneration]: generation }) });
}

/** It counts changes of the template, whatever a client writes. */
function nextTemplateGeneration(object: ApiObject, { previous }: StrategyChange): ApiObject {
  const before = Number(previous.metadata.annotations?.[templateGeneration] ?? 0);
  const isSame = deepEqual(valueAt(object, 'spec', 'template'), valueAt(previous, 'spec', 'template'));
  return withTemplateGeneration(withTemplateGeneration(object, undefined), String(isSame ? before : before + 1));
}

/** Deployments, ReplicaSets, DaemonSets and StatefulSets. */
export const workloadStrategies: Readonly<Record<string, Strategy>> = {
  Deployment: { ...workload(deploymentSpec, specAndAnnotations), statusKeeps: ['labels'] },
  ReplicaSet: workload(replicaSetSpec, specOf),
  DaemonSet: {
    ...daemonSet,
    defaults: (object) => withTemplateGeneration(daemonSet.defaults?.(object) ?? object, '0'),
    prepareCreate: (object) => withTemplateGeneration(withTemplateGeneration(object, undefined), '1'),
    prepareUpdate: nextTemplateGeneration,
  },
  StatefulSet: {
    ...statefulSet,
    validate: (object, previous) => [
      ...(statefulSet.validate?.(object, previous) ?? []),
      ...keptErrors(object, previous),
    ],
  },
  ControllerRevision: { validate: revisionErrors },
};
