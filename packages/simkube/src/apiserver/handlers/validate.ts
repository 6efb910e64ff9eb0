import type { ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { invalid } from '../status/refusals.ts';
import { metadataErrors } from './names.ts';

/** Refuses an object that breaks its schema, a rule of all metadata, or a rule of its kind, naming every field. */
export function validate(resource: ServedResource, object: ApiObject, previous?: ApiObject): void {
  const errors = [...metadataErrors(object, resource.strategy.nameRule)];
  const all = errors.length > 0 ? errors : (resource.strategy.validate?.(object, previous) ?? []);
  if (all.length > 0) throw invalid(resource, object.metadata.name ?? '', all);
}
