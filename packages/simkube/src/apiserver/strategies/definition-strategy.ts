import { invalidValue, type FieldError } from '../../schema/field-error.ts';
import { listAt, objectAt, stringAt, valueAt, withFields, type ApiObject } from '../object/api-object.ts';
import type { Strategy } from '../registry/strategy.ts';
import { fill, fillIn } from './fill.ts';
import { immutableField } from './immutable.ts';

function nameErrors(object: ApiObject): readonly FieldError[] {
  const expected = `${stringAt(object, 'spec', 'names', 'plural') ?? ''}.${stringAt(object, 'spec', 'group') ?? ''}`;
  return object.metadata.name === expected
    ? []
    : [invalidValue('metadata.name', object.metadata.name, 'must be spec.names.plural+"."+spec.group')];
}

function versionErrors(object: ApiObject): readonly FieldError[] {
  const stored = listAt(object, 'spec', 'versions').filter((version) => valueAt(version, 'storage') === true);
  return stored.length === 1
    ? []
    : [invalidValue('spec.versions', null, 'must have exactly one version marked as storage version')];
}

/** CustomResourceDefinitions. Their conditions are the CRD controller's. */
export const definitionStrategy: Strategy = {
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
  validate: (object, previous) => [
    ...nameErrors(object),
    ...versionErrors(object),
    ...immutableField(object, previous, 'spec.scope'),
    ...immutableField(object, previous, 'spec.names.kind'),
  ],
};
