import { formatTime } from '@canaryop/reconcile/env';

import { managersAfterScale, managersOfScale, type ReplicasField } from '../../patch/scale-managers.ts';
import { managedFieldsOf, withManagers } from '../../patch/managed-fields.ts';
import { serverSideApply } from '../../patch/server-side-apply.ts';
import { trackUpdate } from '../../patch/track-update.ts';
import { decodeError } from '../../schema/decode-error.ts';
import { openApiDefinition } from '../../schema/openapi-definitions.ts';
import type { JsonObject as SchemaObject } from '../../schema/structural-schema.ts';
import type { ApiCore } from '../api-core.ts';
import { isJsonObject, withFields, withMetadata, type ApiObject, type JsonObject } from '../object/api-object.ts';
import { asApiObject, asJson } from '../object/json.ts';
import { apiVersionOfResource, type ServedResource } from '../registry/served-resource.ts';
import { badRequest } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import { refusalOfApply } from './apply.ts';
import { scaleOf, steps, withScale } from './scale.ts';
import { updateObject } from './update.ts';
import type { WriteOptions } from './write-options.ts';

/** The schema of `autoscaling/v1` Scale. */
export const scaleSchema = openApiDefinition()('io.k8s.api.autoscaling.v1.Scale');

/** A write to the scale subresource of an object. */
export interface ScaleWrite {
  /** As stored. */
  readonly existing: ApiObject;
  readonly options: WriteOptions;
}

/** Stores the count of a Scale that was sent, or that a patch made. Returns the stored object. */
export function updateScale(core: ApiCore, resource: ServedResource, write: ScaleWrite, scale: JsonObject): ApiObject {
  const tracked = trackUpdate({
    schema: scaleSchema,
    before: managedScale(resource, write),
    after: asJson(asSent(scale)),
    manager: write.options.manager,
    ...throughScale(core),
  });
  return storeScale(core, resource, write, tracked);
}

/** Applies the configuration of a Scale. Returns the stored object. */
export function applyScale(
  core: ApiCore,
  resource: ServedResource,
  write: ScaleWrite & { readonly force: boolean },
  configuration: JsonObject,
): ApiObject {
  const live = managedScale(resource, write);
  if (resource.custom !== undefined && managedFieldsOf(live) === undefined)
    throw inconvertible('failed to create manager for existing fields: failed to convert live object');
  const outcome = serverSideApply({
    schema: scaleSchema,
    live,
    applied: asJson(configuration),
    manager: write.options.manager,
    force: write.force,
    ...throughScale(core),
  });
  if (!outcome.ok) throw refusalOfApply(outcome);
  if (resource.custom !== undefined && replicasIn(outcome.object) !== replicasIn(live))
    throw inconvertible('failed to convert new object');
  return storeScale(core, resource, write, outcome.object);
}

function throughScale({ env }: ApiCore) {
  return { apiVersion: 'autoscaling/v1', subresource: 'scale', now: formatTime(env.clock.now()) };
}

/** kube-apiserver has no conversions of Scale for custom kinds, and so refuses what needs one. */
function inconvertible(what: string): StatusError {
  const why = 'request to convert CR to an invalid group/version: autoscaling/v1';
  return new StatusError({ code: 500, message: `${what} (/; autoscaling/v1, Kind=Scale) to proper version: ${why}` });
}

/** The Scale of an object as field managers see it. */
function managedScale(resource: ServedResource, { existing }: ScaleWrite): SchemaObject {
  const owners = managersOfScale(existing.metadata.managedFields, replicasField(resource));
  const scale = scaleOf(resource, resource.fromStored(existing));
  const managedFields = Array.isArray(owners) && owners.length > 0 ? owners : undefined;
  return asJson(withFields<JsonObject>(scale, { metadata: withFields({ ...scale.metadata }, { managedFields }) }));
}

function storeScale(core: ApiCore, resource: ServedResource, write: ScaleWrite, asked: SchemaObject): ApiObject {
  const { existing } = write;
  const oldObject = asApiObject(managedScale(resource, write));
  const admission = write.options.admission?.of({ kind: scaleKind, read: readScale });
  const object = asApiObject(asked);
  const scale = asJson(admission?.mutate({ operation: 'UPDATE', object, oldObject }) ?? object);
  admission?.validate({ operation: 'UPDATE', object: asApiObject(scale), oldObject });
  const options = { ...write.options, admission: undefined };
  const current = resource.fromStored(existing);
  const owners = managersAfterScale(existing.metadata.managedFields, managedFieldsOf(scale), replicasField(resource));
  const scaled = withScale(resource, withMetadata(current, { managedFields: undefined }), scale);
  const next = asApiObject(withManagers(asJson(scaled), owners));
  return updateObject(core, resource, { existing, next, subresource: 'scale', options, isOwned: true });
}

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

function readScale(value: unknown): ApiObject {
  const problem = isJsonObject(value) ? decodeError(scaleSchema, asJson(value)) : 'it is no object';
  if (problem !== undefined) throw badRequest(problem);
  return value as ApiObject;
}

function replicasField(resource: ServedResource): ReplicasField {
  const path = steps(resource.subresources.scale?.specReplicasPath ?? '');
  return { path, apiVersion: apiVersionOfResource(resource) };
}

/** Over a subresource nobody writes managedFields, and Go can't tell a count of zero, or null, from none. */
function asSent(scale: JsonObject): JsonObject {
  return [0, null].includes(replicasIn(scale) as number | null)
    ? withFields(withoutOwners(scale), { spec: {} })
    : withoutOwners(scale);
}

function withoutOwners(scale: JsonObject): JsonObject {
  const { metadata } = scale;
  return isJsonObject(metadata)
    ? withFields(scale, { metadata: withFields(metadata, { managedFields: undefined }) })
    : scale;
}

function replicasIn({ spec }: JsonObject): unknown {
  return isJsonObject(spec) ? spec['replicas'] : undefined;
}
