import { withFields, withMetadata, type ApiObject } from '../object/api-object.ts';
import { deepEqual } from '../object/deep-equal.ts';

/**
 * Whether two states of an object differ in the times of their managers at most, which is no reason to write it
 * (IgnoreManagedFieldsTimestampsTransformer). The order of the managers counts, and follows from the times.
 */
export function equalButTimes(left: ApiObject, right: ApiObject): boolean {
  return deepEqual(left, right) || deepEqual(withoutTimes(left), withoutTimes(right));
}

function withoutTimes(object: ApiObject): ApiObject {
  const managedFields = object.metadata.managedFields?.map((entry) => withFields({ ...entry }, { time: undefined }));
  return withMetadata(object, { managedFields });
}
