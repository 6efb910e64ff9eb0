import { formatTime } from '@canaryop/reconcile/env';

import { decodeError } from '../../schema/decode-error.ts';
import { prune } from '../../schema/prune.ts';
import type { JsonObject as SchemaObject } from '../../schema/structural-schema.ts';
import { serverSideApply, type ApplyOutcome } from '../../patch/server-side-apply.ts';
import type { ApiCore } from '../api-core.ts';
import { stringAt, withFields, withMetadata, type ApiObject, type JsonObject } from '../object/api-object.ts';
import { apiVersionOfResource, groupResource, type ServedResource } from '../registry/served-resource.ts';
import { badRequest, conflict, notFound } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import { keyOfNames } from '../storage/resource-store.ts';
import { admitConfiguration, defaultObject } from './admit.ts';
import { createObject } from './create.ts';
import { asApiObject, asJson } from '../object/json.ts';
import { asStored } from './as-stored.ts';
import { dropEmpty } from './drop-empty.ts';
import { dropNulls } from './drop-nulls.ts';
import { resetFieldsOf } from './reset-fields.ts';
import { checkName, checkTarget, updateObject } from './update.ts';
import { versionView } from './version-view.ts';
import type { Target, WriteOptions } from './write-options.ts';

/** A server-side apply request (KEP-555). */
export interface Apply {
  readonly target: Target;
  readonly body: unknown;
  readonly force: boolean;
  readonly subresource: string;
  readonly options: WriteOptions;
}

/** Applies a configuration, creating the object when there is none. Returns the stored form. */
export function applyObject(
  core: ApiCore,
  resource: ServedResource,
  apply: Apply,
): { readonly object: ApiObject; readonly isCreated: boolean } {
  const { target, options, subresource } = apply;
  const applied = namedObject(core, resource, apply);
  const existing = resource.store.get(keyOfNames(target.namespace, target.name));
  if (existing === undefined) {
    if (subresource !== '') throw notFound(groupResource(resource), target.name);
    // Of what is there the URL is name enough.
    checkName(stringAt(apply.body, 'metadata', 'name'), target.name);
    const object = merged(core, resource, { apply, applied, live: undefined });
    checkCreation(resource, applied);
    return {
      object: createObject(core, resource, { namespace: target.namespace, object, options, isOwned: true }),
      isCreated: true,
    };
  }
  const live = resource.fromStored(existing);
  const next = merged(core, resource, { apply, applied, live });
  const isSame = next === live && isOf(applied, live);
  if (isSame && options.admission === undefined) return { object: existing, isCreated: false };
  const asked = withMetadata(next, { uid: applied.metadata.uid, resourceVersion: applied.metadata.resourceVersion });
  const isRewrite = !isSame && resource.custom !== undefined && namesNothing(applied);
  return {
    object: updateObject(core, resource, { existing, next: asked, subresource, options, isOwned: true, isRewrite }),
    isCreated: false,
  };
}

/** Whether a configuration asks for the uid and the version that are there, or for any. */
function isOf({ metadata }: ApiObject, live: ApiObject): boolean {
  const { uid = live.metadata.uid, resourceVersion = live.metadata.resourceVersion } = metadata;
  return uid === live.metadata.uid && resourceVersion === live.metadata.resourceVersion;
}

/**
 * Whether a configuration has an empty list or map in its metadata. Kubernetes writes one of a custom object into etcd,
 * reads it as absent, and so finds it changed at each apply.
 */
function namesNothing({ metadata }: ApiObject): boolean {
  return Object.values(metadata).some(
    (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 0,
  );
}

function namedObject(core: ApiCore, resource: ServedResource, { body, target, subresource }: Apply): ApiObject {
  const object = admitConfiguration(core, resource, body);
  if (object.apiVersion === undefined || object.kind === undefined) {
    throw badRequest('apply configurations need apiVersion and kind');
  }
  checkTarget(resource, object, target);
  const named = withMetadata(object, { name: target.name });
  const hasStatus = resource.subresources.status === true;
  if (subresource === 'status') return withFields(object, { metadata: named.metadata, spec: undefined });
  return hasStatus ? withFields(named, { status: undefined }) : named;
}

function checkCreation(resource: ServedResource, { metadata }: ApiObject): void {
  if (metadata.uid === undefined || metadata.uid === '') return;
  throw conflict(
    groupResource(resource),
    metadata.name,
    `uid mismatch: the provided object specified uid ${metadata.uid}, and no existing object was found`,
  );
}

/** What Go could not read of one of these objects. */
function unreadable(resource: ServedResource, objects: readonly JsonObject[]): string | undefined {
  for (const object of objects) {
    const problem = decodeError(resource.schema, asJson(object));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A schema without properties lets anything be applied, of which nothing is kept. */
function declared({ custom, schema }: ServedResource, object: SchemaObject): SchemaObject {
  return custom === undefined ? object : prune(schema, object).object;
}

/** Of metadata nothing empty is stored, of custom kinds either. */
function withPlainMetadata(core: ApiCore, object: ApiObject): ApiObject {
  const plain = dropNulls({ ...object.metadata }, core.metadataSchema) as JsonObject;
  const metadata = dropEmpty(core.metadataSchema, plain);
  return asApiObject(asJson(withFields<JsonObject>(object, { metadata })));
}

interface Merge {
  readonly apply: Apply;
  readonly applied: ApiObject;
  readonly live: ApiObject | undefined;
}

function merged(core: ApiCore, resource: ServedResource, { apply, applied, live }: Merge): ApiObject {
  const outcome = serverSideApply({
    schema: core.typedSchemas.of(resource),
    live: live === undefined ? undefined : asJson(live),
    applied: asJson(withMetadata(applied, { uid: undefined, resourceVersion: undefined })),
    manager: apply.options.manager,
    force: apply.force,
    apiVersion: apiVersionOfResource(resource),
    zero: core.typedSchemas.zeroOf(resource),
    subresource: apply.subresource,
    reset: resetFieldsOf(resource, apply.subresource),
    inVersion: versionView(core, resource),
    now: formatTime(core.env.clock.now()),
    defaulted: (object) => asJson(defaultObject(resource, asApiObject(object))),
  });
  if (outcome.ok) {
    const object = withPlainMetadata(core, asStored(resource, asApiObject(declared(resource, outcome.object))));
    const problem = resource.custom === undefined ? unreadable(resource, [outcome.object, asJson(applied)]) : undefined;
    if (problem !== undefined)
      throw new StatusError({ code: 500, message: `failed to convert merged object: ${problem}` });
    if (live !== undefined && outcome.object === asJson(live)) return live;
    return object;
  }
  throw refusalOfApply(outcome);
}

/** The answer to an apply that came to nothing. */
export function refusalOfApply(outcome: Exclude<ApplyOutcome, { ok: true }>): Error {
  switch (outcome.reason) {
    case 'Conflict':
      return new StatusError({
        code: 409,
        reason: 'Conflict',
        message: outcome.message,
        details: {
          causes: outcome.conflicts.map(({ message, field }) => ({ reason: 'FieldManagerConflict', message, field })),
        },
      });
    case 'BadRequest':
      return badRequest(outcome.message);
    case 'InternalError':
      return new StatusError({ code: 500, message: outcome.message });
    default:
      return outcome;
  }
}
