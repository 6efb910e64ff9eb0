import { withCanonicalQuantities } from '../../schema/canonical-quantities.ts';
import { applyDefaults } from '../../schema/defaults.ts';
import { decodeError } from '../../schema/decode-error.ts';
import { prune } from '../../schema/prune.ts';
import type { ApiCore } from '../api-core.ts';
import { isJsonObject, withFields, type ApiObject, type JsonObject } from '../object/api-object.ts';
import { deepEqual } from '../object/deep-equal.ts';
import { apiVersionOfResource, type ServedResource } from '../registry/served-resource.ts';
import { badRequest } from '../status/refusals.ts';
import { dropEmpty } from './drop-empty.ts';
import { dropForbiddenNulls, dropNulls } from './drop-nulls.ts';
import { asApiObject, asJson } from '../object/json.ts';
import type { WriteOptions } from './write-options.ts';

/**
 * Reads a request body as an object of `resource`: its kind must fit, null and empty fields of built-in kinds vanish,
 * fields that the schema does not declare are dropped and reported as `options.fieldValidation` says.
 */
export function admitBody(core: ApiCore, resource: ServedResource, body: unknown, options: WriteOptions): ApiObject {
  const decoded = recognized(resource, body, options);
  const problem =
    resource.custom === undefined
      ? decodeError(resource.schema, asJson(decoded))
      : decodeError({ type: 'object', properties: { metadata: core.metadataSchema } }, asJson(decoded));
  if (problem !== undefined) throw options.refuseUnknown?.(problem) ?? undecodable(resource, problem);
  const { object, unknown } = prune(resource.schema, asJson(decoded), { metadata: core.metadataSchema });
  if (unknown.length > 0) reportUnknown(resource, unknown, options);
  return normalized(core, resource, object);
}

/** The same for an apply configuration, whose types and fields the apply itself judges. */
export function admitConfiguration(core: ApiCore, resource: ServedResource, body: unknown): ApiObject {
  return asApiObject(asJson(withPlainMetadata(recognized(resource, body))));
}

function withPlainMetadata(object: JsonObject): JsonObject {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  return withFields(object, { metadata: dropNulls(metadata) });
}

function recognized(resource: ServedResource, body: unknown, options?: WriteOptions): JsonObject {
  if (!isJsonObject(body)) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`);
  if (resource.custom !== undefined) checkNamed(resource, body, options);
  checkKind(resource, body);
  return resource.custom === undefined ? (dropNulls(body, resource.schema) as JsonObject) : body;
}

function normalized(core: ApiCore, resource: ServedResource, object: JsonObject): ApiObject {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const plain = dropEmpty(core.metadataSchema, dropNulls(metadata, core.metadataSchema) as JsonObject);
  const whole = withFields(object, { metadata: withDistinctOwners(plain) });
  return asApiObject(
    asJson(
      resource.custom === undefined
        ? dropEmpty(resource.schema, canonical(resource, whole))
        : dropForbiddenNulls(resource.schema, whole),
    ),
  );
}

/** An owner that is named twice alike is one. */
function withDistinctOwners(metadata: JsonObject): JsonObject {
  const owners = metadata['ownerReferences'];
  if (!Array.isArray(owners) || owners.length < 2) return metadata;
  const distinct = owners.filter((owner, at) => owners.findIndex((other) => deepEqual(other, owner)) === at);
  return distinct.length === owners.length ? metadata : withFields(metadata, { ownerReferences: distinct });
}

function canonical(resource: ServedResource, object: JsonObject): JsonObject {
  return withCanonicalQuantities(resource.schema, asJson(object));
}

/** A body of a built-in kind may leave its kind to the URL; one of a custom kind may not. */
function checkNamed(resource: ServedResource, body: JsonObject, options: WriteOptions | undefined): void {
  const refused = (why: string): Error => options?.refuseUnknown?.(why) ?? undecodable(resource, why);
  const { apiVersion, kind } = body;
  if (typeof kind !== 'string' || kind === '') throw refused(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
  if (typeof apiVersion !== 'string' || apiVersion === '')
    throw refused(`Object 'apiVersion' is missing in '${JSON.stringify(body)}'`);
}

function checkKind(resource: ServedResource, body: JsonObject): void {
  const expected = apiVersionOfResource(resource);
  const { apiVersion = expected, kind = resource.kind } = body;
  if (kind !== resource.kind && kind !== '') {
    throw badRequest(
      `${String(kind)} in version ${JSON.stringify(apiVersion)} cannot be handled as a ${resource.kind}: expected ${expected} ${resource.kind}`,
    );
  }
  if (apiVersion !== expected && apiVersion !== '') {
    throw badRequest(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${expected})`,
    );
  }
}

function reportUnknown(resource: ServedResource, unknown: readonly string[], options: WriteOptions): void {
  if (options.fieldValidation === 'Ignore') return;
  const texts = unknown.map((path) => `unknown field "${path}"`);
  if (options.fieldValidation === 'Warn') {
    for (const text of texts) options.warn(text);
    return;
  }
  const problem = `strict decoding error: ${texts.join(', ')}`;
  throw options.refuseUnknown?.(problem) ?? undecodable(resource, problem);
}

function undecodable({ kind, version }: ServedResource, why: string): Error {
  return badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`);
}

/** The schema's defaults, then those that only code can express. Also names the kind, which a body may leave out. */
export function defaultObject(resource: ServedResource, object: ApiObject): ApiObject {
  const named = withFields(object, { apiVersion: apiVersionOfResource(resource), kind: resource.kind });
  const filled = asApiObject(applyDefaults(resource.schema, asJson(named)));
  return resource.strategy.defaults?.(filled) ?? filled;
}
