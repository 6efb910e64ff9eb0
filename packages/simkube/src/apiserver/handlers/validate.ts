import type { FieldError } from '../../schema/field-error.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import { invalid } from '../status/refusals.ts';
import { finalizerErrors, metadataErrors, metadataUpdateErrors } from './names.ts';

/** Custom kinds, and a few that Kubernetes' newer validation looks at. */
function takesAnyFinalizer({ definition, group, kind }: ServedResource): boolean {
  const isBuiltIn = definition?.startsWith('io.k8s.api.') === true;
  return !isBuiltIn || ['Event', 'Lease'].includes(kind) || group === 'admissionregistration.k8s.io';
}

/**
 * Refuses an object that breaks a rule of all metadata or of its kind, naming every field.
 * @param change.previous the stored object, and errors that were found before.
 */
export function validate(
  resource: ServedResource,
  object: ApiObject,
  change: { readonly previous?: ApiObject; readonly errors?: readonly FieldError[] } = {},
): void {
  const { previous } = change;
  const own = resource.check(object, previous);
  // The old rules of Events do not look at metadata; of a new one it is judged when they hold.
  if (resource.kind === 'Event' && previous === undefined && own.length > 0)
    throw invalid(resource, object.metadata.name, own);
  const errors = [
    ...(change.errors ?? []),
    ...metadataErrors(object, resource.strategy.nameRule),
    ...(takesAnyFinalizer(resource) ? [] : finalizerErrors(object)),
    ...(previous === undefined ? [] : metadataUpdateErrors(object, previous)),
    ...own,
  ];
  if (errors.length > 0) throw invalid(resource, object.metadata.name, errors);
}
