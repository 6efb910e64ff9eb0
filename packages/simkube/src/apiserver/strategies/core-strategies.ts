import { forbiddenValue, invalidValue, type FieldError } from '../../schema/field-error.ts';
import type { Json } from '../../schema/structural-schema.ts';
import { listAt, objectAt, stringAt, withFields, withMetadata, type ApiObject } from '../object/api-object.ts';
import { deepEqual } from '../object/deep-equal.ts';
import type { Strategy } from '../registry/strategy.ts';
import { fill, fillEach } from './fill.ts';
import { immutableField } from './immutable.ts';
import { podStrategy } from './pod-strategy.ts';
import { replicationControllerStrategy } from './replication-controller-strategy.ts';
import { serviceStrategy } from './service-strategy.ts';

/** `stringData` is a write-only convenience: its values end up in `data`, in base64. */
function withStringData(object: ApiObject): ApiObject {
  const plain = Object.entries(objectAt(object, 'stringData'));
  if (plain.length === 0) return withFields(object, { stringData: undefined });
  const encoded = plain.map(([key, value]): [string, string] => [key, Buffer.from(String(value)).toString('base64')]);
  return withFields(object, {
    stringData: undefined,
    data: withFields(objectAt(object, 'data'), Object.fromEntries(encoded)),
  });
}

/** ConfigMaps and Secrets with `immutable: true` keep their data. */
function immutableData(fields: readonly string[]) {
  return (object: ApiObject, previous: ApiObject | undefined): readonly FieldError[] => {
    if (previous?.['immutable'] !== true) return [];
    const rule = 'field is immutable when `immutable` is set';
    const changed = fields.filter((field) => !deepEqual(object[field], previous[field]));
    return [
      ...(object['immutable'] === true ? [] : [forbiddenValue('immutable', rule)]),
      ...changed.map((field) => forbiddenValue(field, rule)),
    ];
  };
}

const namespaceStrategy: Strategy = {
  hasNoGracePeriod: true,
  returnsDeleted: true,
  nameRule: 'label',
  defaults: (object) =>
    withMetadata(object, {
      labels: withFields({ ...object.metadata.labels }, { 'kubernetes.io/metadata.name': object.metadata.name }),
    }),
  prepareCreate: (object) => withFields(object, { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }),
  prepareUpdate: (object, { previous, subresource }) =>
    subresource === 'finalize'
      ? withFields(previous, { spec: object['spec'] })
      : withFields(object, { spec: previous['spec'] ?? {} }),
  validate: (object, previous) => {
    const phase = stringAt(object, 'status', 'phase') ?? '';
    const isActive = object.metadata.deletionTimestamp === undefined;
    const [expected, state] = isActive ? ['Active', 'empty'] : ['Terminating', 'not empty'];
    const rule = `may only be '${expected}' if \`deletionTimestamp\` is ${state}`;
    return previous !== undefined && phase !== expected ? [invalidValue('status.Phase', phase, rule)] : [];
  },
  isHeld: (object) => listAt(object, 'spec', 'finalizers').length > 0,
  prepareDelete: (object) => withFields(object, { status: { ...objectAt(object, 'status'), phase: 'Terminating' } }),
  selectableFields: ['status.phase'],
};

const eventFields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

const eventStrategy: Strategy = {
  createsOnUpdate: true,
  nameRule: 'path',
  selectableFields: [
    ...eventFields.map((field) => `involvedObject.${field}`),
    ...eventFields.map((field) => `regarding.${field}`),
    'reason',
    'reportingComponent',
    'reportingController',
    'source',
    'type',
  ],
};

const secretStrategy: Strategy = {
  defaults: (object) => fill(withStringData(object), { type: 'Opaque' }),
  validate: (object, previous) => [
    ...(previous !== undefined && object['type'] !== previous['type']
      ? [invalidValue('type', object['type'] as Json | undefined, 'field is immutable')]
      : []),
    ...immutableData(['data'])(object, previous),
  ],
  selectableFields: ['type'],
};

/** Kinds of the core group. */
export const coreStrategies: Readonly<Record<string, Strategy>> = {
  Pod: podStrategy,
  Service: serviceStrategy,
  Namespace: namespaceStrategy,
  Event: eventStrategy,
  Secret: secretStrategy,
  ConfigMap: { validate: immutableData(['data', 'binaryData']) },
  ServiceAccount: { returnsDeleted: true },
  LimitRange: { createsOnUpdate: true },
  ResourceQuota: { returnsDeleted: true },
  PersistentVolumeClaim: { returnsDeleted: true },
  Node: { selectableFields: ['spec.unschedulable'] },
  ReplicationController: replicationControllerStrategy,
  Endpoints: {
    createsOnUpdate: true,
    defaults: (object) =>
      fillEach(object, 'subsets', (subset) => fillEach(subset, 'ports', (port) => fill(port, { protocol: 'TCP' }))),
  },
};

/** EndpointSlices count changes of what they list, and keep their address type. */
export const endpointSliceStrategy: Strategy = {
  generationOf: (object) => [object['endpoints'], object['ports'], object['addressType'], object.metadata.labels ?? {}],
  defaults: (object) => fillEach(object, 'ports', (port) => fill(port, { name: '', protocol: 'TCP' })),
  validate: (object, previous) => immutableField(object, previous, 'addressType'),
};
