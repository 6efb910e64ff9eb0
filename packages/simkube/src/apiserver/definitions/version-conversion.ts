import { prune } from '../../schema/prune.ts';
import type { StructuralSchema } from '../../schema/structural-schema.ts';
import { withFields, type ApiObject } from '../object/api-object.ts';
import { deepFreeze } from '../object/deep-freeze.ts';
import { asApiObject, asJson } from '../object/json.ts';
import { apiVersionOfResource, type ServedResource } from '../registry/served-resource.ts';
import { StatusError } from '../status/status-error.ts';

/** An object as it is read in a version: without what that version does not declare. Its defaults are for writers. */
export function readWith(schema: StructuralSchema, object: ApiObject): ApiObject {
  return deepFreeze(prunedBy(schema, object));
}

/** An object without what a version does not declare, as it is written in that version. */
export function prunedBy(schema: StructuralSchema, object: ApiObject): ApiObject {
  return asApiObject(prune(schema, asJson(object)).object);
}

type Conversions = Pick<ServedResource, 'fromStored' | 'toStored'>;

/** Strategy `None`: versions differ in their apiVersion, and in what their schemas declare. */
export function plainConversion(resource: ServedResource, stored: ServedResource): Conversions {
  const own = apiVersionOfResource(resource);
  const storedAs = apiVersionOfResource(stored);
  const known = new WeakMap<ApiObject, ApiObject>();
  return {
    fromStored: (object) => {
      if (object.apiVersion === own) return object;
      const read = known.get(object) ?? readWith(resource.schema, withFields(object, { apiVersion: own }));
      if (Object.isFrozen(object)) known.set(object, read);
      return read;
    },
    toStored: (object) =>
      object.apiVersion === storedAs ? object : prunedBy(stored.schema, withFields(object, { apiVersion: storedAs })),
  };
}

/** Strategy `Webhook`, for whoever can't wait for one: only what is in the right version already is there. */
export function unboundConversion(resource: ServedResource, stored: ServedResource): Conversions {
  const only = (wanted: string) => (object: ApiObject) => {
    if (object.apiVersion === wanted) return object;
    const what = `${object.apiVersion}, Kind=${object.kind}`;
    throw new StatusError({
      code: 500,
      message: `conversion webhook for ${what} failed: what runs inside the simulated cluster cannot wait for it`,
    });
  };
  return { fromStored: only(apiVersionOfResource(resource)), toStored: only(apiVersionOfResource(stored)) };
}
