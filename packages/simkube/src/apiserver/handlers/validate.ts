import type { ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { invalid } from '../status/refusals.ts';
import { finalizerErrors, metadataErrors, metadataUpdateErrors } from './names.ts';

/** Refuses an object that breaks a rule of all metadata or of its kind, naming every field. */
export function validate(resource: ServedResource, object: ApiObject, previous?: ApiObject): void {
  const errors = [
    ...metadataErrors(object, resource.strategy.nameRule),
    ...(resource.definition?.startsWith('io.k8s.api.') === true ? finalizerErrors(object) : []),
    ...(previous === undefined ? [] : metadataUpdateErrors(object, previous)),
    ...resource.check(object, previous),
  ];
  if (errors.length > 0) throw invalid(resource, object.metadata.name, errors);
}
