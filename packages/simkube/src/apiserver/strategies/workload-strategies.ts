import { invalidValue, requiredValue, type FieldError } from '../../schema/field-error.ts';
import type { Json } from '../../schema/structural-schema.ts';
import { objectAt, valueAt, type ApiObject, type JsonObject } from '../object/api-object.ts';
import type { Strategy } from '../registry/strategy.ts';
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

/** The selector must be there, must select the template's labels, and never changes. */
function selectorErrors(object: ApiObject, previous: ApiObject | undefined): readonly FieldError[] {
  const selector = objectAt(object, 'spec', 'selector');
  const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels');
  const isMissing = Object.keys(selector).length === 0;
  const mismatch =
    !isMissing && compileLabelSelector(selector)(labels as Readonly<Record<string, string>>)
      ? []
      : [
          invalidValue(
            'spec.template.metadata.labels',
            valueAt(object, 'spec', 'template', 'metadata', 'labels') as Json | undefined,
            '`selector` does not match template `labels`',
          ),
        ];
  return [
    ...(isMissing ? [requiredValue('spec.selector')] : []),
    ...mismatch,
    ...immutableField(object, previous, 'spec.selector'),
  ];
}

function workload(spec: SpecDefaults, generationOf: NonNullable<Strategy['generationOf']>): Strategy {
  return {
    generationOf,
    defaults: (object) => fillIn(object, 'spec', (value) => fillIn(spec(value), 'template', podTemplateDefaults)),
    validate: selectorErrors,
  };
}

/** Deployments, ReplicaSets, DaemonSets and StatefulSets. */
export const workloadStrategies: Readonly<Record<string, Strategy>> = {
  Deployment: { ...workload(deploymentSpec, specAndAnnotations), statusMetadata: ['annotations'] },
  ReplicaSet: { ...workload(replicaSetSpec, specOf), selectableFields: ['status.replicas'] },
  DaemonSet: workload(daemonSetSpec, specOf),
  StatefulSet: workload(statefulSetSpec, specOf),
};
