import { admitBody } from '../handlers/admit.ts';
import { applyObject } from '../handlers/apply.ts';
import { createObject, trackCreation } from '../handlers/create.ts';
import { deleteObject, type Deletion } from '../handlers/delete.ts';
import { listObjects } from '../handlers/list.ts';
import { checkPatchType, patchObject, type PatchType } from '../handlers/patch.ts';
import { checkName, checkTarget, existingObject, updateObject } from '../handlers/update.ts';
import type { Target, WriteOptions } from '../handlers/write-options.ts';
import { isJsonObject, withMetadata, type ApiObject } from '../object/api-object.ts';
import { authorize } from '../rbac/forbidden-access.ts';
import { reviewErrors } from '../reviews/review-errors.ts';
import { answerReview } from '../reviews/reviews.ts';
import { groupResource, type ServedResource } from '../registry/served-resource.ts';
import { badRequest, conflict, invalid, methodNotAllowed } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import { keyOfNames } from '../storage/resource-store.ts';
import { admittedDeletion, admittedWrite } from './admission.ts';
import type { ApiResponse } from './api-request.ts';
import { contentType } from './body.ts';
import type { ResourceRequest } from './request-context.ts';
import { flag, listQuery } from './request-options.ts';
import { json, jsonText, success } from './respond.ts';
import { watchResponse } from './watch-response.ts';

/** Carries out a request on objects themselves or on their status. */
export function handleResource(request: ResourceRequest): ApiResponse {
  const { info, resource } = request;
  if (resource.createOnly) return review(request);
  switch (info.verb) {
    case 'get':
      return objectResponse(request, existingObject(resource, target(request)));
    case 'list':
      return list(request);
    case 'watch':
      return watchResponse(request.context, resource, request.request, request);
    case 'create':
      return create(request);
    case 'update':
      return update(request);
    case 'patch':
      return patch(request);
    case 'delete':
      return remove(request);
    case 'deletecollection':
      return removeAll(request);
    default:
      throw methodNotAllowed();
  }
}

/** Which object the URL names. */
export function target({ info, resource }: ResourceRequest): Target {
  if (!resource.namespaced || info.namespace === undefined) return { name: info.name };
  return { name: info.name, namespace: info.namespace };
}

/** An object as the client wants to see it. */
export function objectResponse(
  { context, resource, as }: ResourceRequest,
  stored: ApiObject,
  status = 200,
): ApiResponse {
  return jsonText(context.writer.object(resource, stored, as), status);
}

function list(request: ResourceRequest): ApiResponse {
  const { context, resource, info, as } = request;
  const query = listQuery(request.request, info);
  // What a selector looks at is asked for at once, not one object after the other.
  if (query.fieldSelector !== undefined) resource.fromStoredAll?.(resource.store.list(query.namespace));
  const page = listObjects(context.core, resource, query);
  return jsonText(context.writer.list(resource, page, as));
}

function review(reviewed: ResourceRequest): ApiResponse {
  const { context, resource, info, user, body } = reviewed;
  if (info.verb !== 'create') throw methodNotAllowed();
  const options = admittedWrite(reviewed);
  const admitted = admitBody(context.core, resource, body, options);
  const namespace = resource.namespaced ? info.namespace : undefined;
  const named = withMetadata(
    { ...admitted, apiVersion: `${resource.group}/${resource.version}`, kind: resource.kind },
    { namespace },
  );
  const errors = reviewErrors(named);
  if (errors.length > 0) throw invalid({ group: resource.group, kind: '' }, '', errors);
  const tracked = trackCreation(context.core, resource, named, options);
  const owned = options.admission?.mutate({ operation: 'CREATE', object: tracked }) ?? tracked;
  options.admission?.validate({ operation: 'CREATE', object: owned });
  return json(answerReview(owned, { ...context, user }) ?? owned, 201);
}

function create(request: ResourceRequest): ApiResponse {
  const { context, resource, info, body } = request;
  if (info.name !== '') throw methodNotAllowed();
  const options = admittedWrite(request);
  const object = admitBody(context.core, resource, body, options);
  const namespace = resource.namespaced ? info.namespace : undefined;
  if (resource.namespaced && namespace === undefined)
    throw badRequest('an empty namespace may not be set during creation');
  const stored = request.calls.once('write', () =>
    createObject(context.core, resource, { namespace, object, options }),
  );
  return objectResponse(request, stored, 201);
}

/** Of a write that may find nothing, and then creates: for that the right to create is needed as well. */
function creatingOptions(request: ResourceRequest): WriteOptions {
  const { context, info, user } = request;
  const authorizeCreation = (): void => {
    authorize(context.authorizer, user, { ...info, verb: 'create' });
  };
  return { ...admittedWrite(request), authorizeCreation };
}

function update(request: ResourceRequest): ApiResponse {
  if (request.info.name === '') throw methodNotAllowed();
  const { stored, isCreated } = request.calls.once('write', () => updated(request));
  return objectResponse(request, stored, isCreated ? 201 : 200);
}

/** What a write left in the store. The answer may have to wait for a conversion: the write is over by then. */
interface Written {
  readonly stored: ApiObject;
  readonly isCreated: boolean;
}

function updated(request: ResourceRequest): Written {
  const { context, resource, info, body } = request;
  const options = creatingOptions(request);
  const next = admitBody(context.core, resource, body, options);
  checkName(next.metadata.name, info.name);
  checkTarget(resource, next, target(request));
  const { subresource } = info;
  const { namespace, name } = target(request);
  const found = resource.store.get(keyOfNames(namespace, name));
  if (found === undefined && subresource === '' && resource.strategy.createsOnUpdate === true) {
    checkNoUid(resource, next, name);
    checkVersion(next);
    const stored = createObject(context.core, resource, {
      namespace,
      object: withMetadata(next, { name, resourceVersion: undefined }),
      options,
    });
    return { stored, isCreated: true };
  }
  const existing = existingObject(resource, target(request));
  const stored = updateObject(context.core, resource, { existing, next, subresource, options, isPut: true });
  return { stored, isCreated: false };
}

function checkVersion({ metadata: { resourceVersion = '' } }: ApiObject): void {
  if (/^\d*$/u.test(resourceVersion)) return;
  throw new StatusError({ code: 500, message: `invalid resourceVersion ${JSON.stringify(resourceVersion)}` });
}

/** A PUT that knows a uid means an object that was there. */
function checkNoUid(resource: ServedResource, { metadata }: ApiObject, name: string): void {
  if ((metadata.uid ?? '') === '') return;
  const why = `Precondition failed: UID in precondition: ${metadata.uid ?? ''}, UID in object meta: `;
  throw conflict(groupResource(resource), name, why);
}

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
};

/** The kind of a patch, or `apply`. */
export function patchTypeOf(header: string | undefined): PatchType | 'apply' {
  const type = contentType(header);
  if (type === 'application/apply-patch+yaml') return 'apply';
  const known = Object.hasOwn(patchTypes, type) ? patchTypes[type] : undefined;
  if (known !== undefined) return known;
  throw new StatusError({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: '415: Unsupported Media Type',
    details: {},
  });
}

function patch(request: ResourceRequest): ApiResponse {
  if (request.info.name === '') throw methodNotAllowed();
  const { stored, isCreated } = request.calls.once('write', () => patched(request));
  return objectResponse(request, stored, isCreated ? 201 : 200);
}

function patched(request: ResourceRequest): Written {
  const { context, resource, info, body } = request;
  const type = patchTypeOf(request.request.headers['content-type']);
  checkPatchType(resource, type);
  const options = creatingOptions(request);
  const { subresource } = info;
  const write = { target: target(request), body, subresource, options };
  if (type !== 'apply') {
    return { stored: patchObject(context.core, resource, { ...write, type }), isCreated: false };
  }
  const force = flag(request.request.query, 'force') ?? false;
  const { object, isCreated } = applyObject(context.core, resource, { ...write, force });
  return { stored: object, isCreated };
}

function remove(request: ResourceRequest): ApiResponse {
  const { context, resource, body, calls } = request;
  const deletion = calls.once('write', () =>
    deleteObject(context.core, resource, target(request), admittedDeletion(request, body)),
  );
  // Who asks in the old way is told that it isn't done yet.
  const isAccepted = !deletion.isGone && isJsonObject(body) && body['orphanDependents'] === false;
  return isAccepted ? objectResponse(request, deletion.object, 202) : deletionResponse(request, deletion);
}

/** The object while it is still there, or where the kind says so; otherwise a Status that names it. */
export function deletionResponse(request: ResourceRequest, { object, isGone }: Deletion): ApiResponse {
  const { resource } = request;
  if (!isGone || resource.strategy.returnsDeleted === true) return objectResponse(request, object);
  const { name, uid } = object.metadata;
  return success({
    name,
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
    ...(uid === undefined ? {} : { uid }),
  });
}

function removeAll(request: ResourceRequest): ApiResponse {
  const { context, resource, info, as, body, calls } = request;
  const page = calls.once('page', () => listObjects(context.core, resource, listQuery(request.request, info)));
  const options = admittedDeletion(request, body);
  for (const object of page.items) {
    const { name, namespace, uid } = object.metadata;
    const item = { name, ...(namespace === undefined ? {} : { namespace }) };
    // One that is waiting for its webhooks must not undo those before it.
    calls.once(`deleted ${uid ?? name}`, () => deleteObject(context.core, resource, item, options));
  }
  return jsonText(context.writer.list(resource, page, as));
}
