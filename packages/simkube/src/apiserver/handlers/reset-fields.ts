import { emptyFieldSet, fieldSetFromV1, type FieldSet } from '../../patch/field-set.ts';
import type { ServedResource } from '../registry/served-resource.ts';

const status = fieldSetFromV1({ 'f:status': {} });
const spec = fieldSetFromV1({ 'f:spec': {} });
const custom = fieldSetFromV1({ 'f:metadata': {}, 'f:spec': {} });
const byKind: Readonly<Record<string, FieldSet>> = {
  Deployment: fieldSetFromV1({ 'f:spec': {}, 'f:metadata': { 'f:labels': {} } }),
  Pod: fieldSetFromV1({ 'f:spec': {}, 'f:metadata': { 'f:deletionTimestamp': {}, 'f:ownerReferences': {} } }),
};

/**
 * The fields that an endpoint takes from what is stored, whatever is sent, and that its writers therefore never own: the
 * `GetResetFields` of the kinds' strategies.
 * @param subresource empty for the object itself.
 */
export function resetFieldsOf(resource: ServedResource, subresource: string): FieldSet {
  if (resource.subresources.status !== true) return emptyFieldSet;
  if (subresource === '') return status;
  if (subresource !== 'status') return emptyFieldSet;
  return resource.custom === undefined ? (byKind[resource.kind] ?? spec) : custom;
}
