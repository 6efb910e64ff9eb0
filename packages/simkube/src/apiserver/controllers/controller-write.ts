import type { ApiCore } from '../api-core.ts';
import { deleteObject, type DeleteOptions } from '../handlers/delete.ts';
import { updateObject } from '../handlers/update.ts';
import type { WriteOptions } from '../handlers/write-options.ts';
import { withMetadata, type ApiObject } from '../object/api-object.ts';
import { storedForm, type ServedResource } from '../registry/served-resource.ts';

/** Options of a write by one of the cluster's own controllers. */
export function controllerOptions(manager: string): WriteOptions {
  return { manager, dryRun: false, fieldValidation: 'Ignore', warn: () => undefined };
}

/** Sets metadata fields of a stored object; undefined removes one. */
export function writeMetadata(
  core: ApiCore,
  resource: ServedResource,
  object: ApiObject,
  fields: Readonly<Record<string, unknown>>,
): void {
  updateObject(core, storedForm(resource, object), {
    existing: object,
    next: withMetadata(object, fields),
    subresource: '',
    options: controllerOptions('kube-controller-manager'),
  });
}

/** Deletes exactly this incarnation. */
export function deleteStored(
  core: ApiCore,
  resource: ServedResource,
  object: ApiObject,
  options: DeleteOptions = {},
): void {
  const { name, namespace, uid } = object.metadata;
  deleteObject(
    core,
    storedForm(resource, object),
    { name, ...(namespace === undefined ? {} : { namespace }) },
    { ...options, ...(uid === undefined ? {} : { uid }) },
  );
}
