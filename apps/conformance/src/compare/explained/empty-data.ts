import { resourceOf } from '../../play/resource-of.ts';
import { isObject, type Json, type JsonObject } from '../../sequence/operation.ts';
import type { Difference } from '../difference.ts';
import { causesOf, hasCode, isEmpty } from './explanation.ts';

const maps = ['data', 'binaryData'];

/** Whether a real server refused nothing else than a map that the operation left empty in a ConfigMap or Secret. */
export function isAboutEmptyData({ at, operation, simulated, real }: Difference): boolean {
  if (!['configmaps', 'secrets'].includes(resourceOf(operation.path))) return false;
  const refused = maps.filter((name) => isLeftEmpty(operation.body, name)).map((name) => `FieldValueForbidden ${name}`);
  if (at === 'status') {
    return hasCode(simulated, 200) && hasCode(real, 422) && causesOf(real).every((cause) => refused.includes(cause));
  }
  if (at !== 'body.causes.length' || !Array.isArray(real) || !Array.isArray(simulated)) return false;
  const known = new Set<Json>(simulated as readonly Json[]);
  const others = (real as readonly Json[]).filter((cause) => !known.has(cause));
  return others.length === real.length - known.size && others.every((cause) => refused.some((each) => each === cause));
}

/** Whether a body names a map, and puts nothing into it: null takes out what may not have been there. */
function isLeftEmpty(body: Json | undefined, name: string): boolean {
  const fields: JsonObject = isObject(body ?? null) ? (body as JsonObject) : {};
  const map = fields[name];
  return isObject(map ?? null) && (isEmpty(map) || Object.values(map as JsonObject).every((value) => value === null));
}
