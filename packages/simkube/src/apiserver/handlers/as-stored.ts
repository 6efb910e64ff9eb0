import { withCanonicalQuantities } from '../../schema/canonical-quantities.ts';
import type { ApiObject } from '../object/api-object.ts';
import { asApiObject, asJson } from '../object/json.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { storedForm } from './drop-empty.ts';

/** A built-in object as the store gives it back: quantities in their canonical form, and Go's idea of what is empty. */
export function asStored(resource: ServedResource, object: ApiObject): ApiObject {
  if (resource.custom !== undefined) return object;
  const canonical = withCanonicalQuantities(resource.schema, asJson(object));
  return asApiObject(asJson(storedForm(resource.schema, canonical)));
}
