import { definitionErrors } from '../../schema/definition-errors.ts';
import { deepEqual } from '../object/deep-equal.ts';
import { listAt, objectAt, stringAt, valueAt, withFields, withMetadata, type ApiObject } from '../object/api-object.ts';
import { asJson } from '../object/json.ts';
import type { Strategy } from '../registry/strategy.ts';
import { fill, fillIn } from './fill.ts';
import { immutableField } from './immutable.ts';

/** Holds a deleted definition until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** CustomResourceDefinitions. Their conditions are the CRD controller's. */
export const definitionStrategy: Strategy = {
  requiresVersion: true,
  generationOf: (object) => object['spec'],
  defaults: (object) =>
    fillIn(object, 'spec', (spec) =>
      fillIn(fill(spec, { conversion: { strategy: 'None' } }), 'names', (names) => {
        const kind = stringAt(names, 'kind') ?? '';
        return fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
      }),
    ),
  prepareCreate: (object) => {
    const versions = listAt(object, 'spec', 'versions').filter((version) => valueAt(version, 'storage') === true);
    return withFields(object, {
      status: {
        acceptedNames: { kind: '', plural: '' },
        conditions: [],
        storedVersions: versions.map((version) => objectAt(version)['name']),
      },
    });
  },
  prepareDelete: (object) =>
    withMetadata(object, { finalizers: [...new Set([...(object.metadata.finalizers ?? []), cleanupFinalizer])] }),
  validate: (object, previous) => [
    // What was stored was sound: a write of the status says nothing about the spec, and costs no look at its rules.
    ...(isSameSpec(object, previous) ? [] : definitionErrors(asJson(object))),
    ...immutableField(object, previous, 'spec.scope'),
    ...immutableField(object, previous, 'spec.names.kind'),
  ],
};

function isSameSpec(object: ApiObject, previous: ApiObject | undefined): boolean {
  return previous !== undefined && deepEqual(previous['spec'], object['spec']);
}
