import { approvalErrors } from '../../schema/api-approval.ts';
import { definitionErrors } from '../../schema/definition-errors.ts';
import { invalidValue, type FieldError } from '../../schema/field-error.ts';
import { deepEqual } from '../object/deep-equal.ts';
import {
  listAt,
  objectAt,
  stringAt,
  valueAt,
  withFields,
  withMetadata,
  type ApiObject,
  type JsonObject,
  withValueAt,
} from '../object/api-object.ts';
import { asJson } from '../object/json.ts';
import type { Strategy } from '../registry/strategy.ts';
import { fill, fillIn } from './fill.ts';
import { immutableField } from './immutable.ts';

/** Holds a deleted definition until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** CustomResourceDefinitions. Their conditions are the CRD controller's. */
export const definitionStrategy: Strategy = {
  requiresVersion: true,
  hasNoGracePeriod: true,
  statusKeeps: ['labels', 'annotations', 'finalizers', 'ownerReferences'],
  generationOf: (object) => object['spec'],
  defaults: (object) =>
    fillIn(object, 'spec', (spec) =>
      fillIn(withConversion(spec), 'names', (names) => {
        const kind = stringAt(names, 'kind') ?? '';
        return fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
      }),
    ),
  prepareCreate: (object) => {
    const versions = listAt(object, 'spec', 'versions').filter((version) => valueAt(version, 'storage') === true);
    return withFields(object, {
      status: {
        acceptedNames: { kind: '', plural: '' },
        conditions: null,
        storedVersions: versions.map((version) => objectAt(version)['name']),
      },
    });
  },
  prepareUpdate: (object, { subresource }) => (subresource === '' ? withStorageVersion(object) : object),
  prepareDelete: (object) =>
    withMetadata(withTerminating(object), {
      finalizers: [...new Set([...(object.metadata.finalizers ?? []), cleanupFinalizer])],
    }),
  validate: (object, previous) => [
    // What was stored was sound: a write of the status says nothing about the spec, and costs no look at its rules.
    ...(isSameSpec(object, previous) ? [] : errorsOf(object, previous)),
    ...['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'].flatMap((path) =>
      immutableField(object, previous, path),
    ),
    ...storedVersionErrors(object),
  ],
};

function withConversion(spec: JsonObject): JsonObject {
  return fillIn(fill(spec, { conversion: { strategy: 'None' } }), 'conversion', (conversion) =>
    fillIn(conversion, 'webhook', (webhook) =>
      fillIn(webhook, 'clientConfig', (config) => fillIn(config, 'service', (service) => fill(service, { port: 443 }))),
    ),
  );
}

function isSameSpec(object: ApiObject, previous: ApiObject | undefined): boolean {
  return previous !== undefined && deepEqual(previous['spec'], object['spec']);
}

/** The name of an object that is there follows from what cannot change. */
function errorsOf(object: ApiObject, previous: ApiObject | undefined): readonly FieldError[] {
  const approval = approvalErrors(asJson(object), previous && asJson(previous));
  const errors = [...definitionErrors(asJson(object)), ...approval];
  return previous === undefined ? errors : errors.filter(({ field }) => field !== 'metadata.name');
}

/** From now on objects may be stored in the version that is marked for that. */
function withStorageVersion(object: ApiObject): ApiObject {
  const known = listAt(object, 'status', 'storedVersions');
  const storage = listAt(object, 'spec', 'versions').find((version) => valueAt(version, 'storage') === true);
  const name = stringAt(storage, 'name');
  if (name === undefined || known.includes(name)) return object;
  return withValueAt(object, ['status', 'storedVersions'], [...known, name]);
}

/** Objects may be stored in each of these versions, so none of them may go. */
function storedVersionErrors(object: ApiObject): readonly FieldError[] {
  const names = new Set(listAt(object, 'spec', 'versions').map((version) => stringAt(version, 'name')));
  const path = 'status.storedVersions';
  const stored = listAt(object, 'status', 'storedVersions').filter((each): each is string => typeof each === 'string');
  const storage = listAt(object, 'spec', 'versions').filter((version) => valueAt(version, 'storage') === true);
  const unstored = storage.map((version) => stringAt(version, 'name') ?? '').filter((name) => !stored.includes(name));
  return [
    ...unstored.map((name) => invalidValue(path, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((version, at) =>
      names.has(version) ? [] : [invalidValue(`${path}[${at}]`, version, lost(version))],
    ),
  ];
}

function lost(version: string): string {
  const until = `until a storage migration ensures no data remains persisted in ${version}`;
  return `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions ${until} and removes ${version} from status.storedVersions`;
}

/** What the definition says of itself while its objects go. */
function withTerminating(object: ApiObject): ApiObject {
  const terminating = {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    lastTransitionTime: object.metadata.deletionTimestamp,
  };
  const others = listAt(object, 'status', 'conditions').filter((each) => stringAt(each, 'type') !== 'Terminating');
  return withValueAt(object, ['status', 'conditions'], [...others, terminating]);
}
