import { decodeError } from '../../schema/decode-error.ts';
import { issuer } from '../authn/service-account-tokens.ts';
import { admitBody } from '../handlers/admit.ts';
import { deleteObject } from '../handlers/delete.ts';
import { invalidPatch, patchedObject } from '../handlers/patch.ts';
import { applyScale, scaleSchema, updateScale, type ScaleWrite } from '../handlers/scale-write.ts';
import { scaleOf } from '../handlers/scale.ts';
import { checkName, checkUid, existingObject, updateObject } from '../handlers/update.ts';
import type { WriteOptions } from '../handlers/write-options.ts';
import {
  isJsonObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
  withFields,
  type ApiObject,
  type JsonObject,
} from '../object/api-object.ts';
import { asJson } from '../object/json.ts';
import { groupResource } from '../registry/served-resource.ts';
import { badRequest, methodNotAllowed, notFound, pageNotFound } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import { admittedBody, admittedWrite } from './admission.ts';
import type { ApiResponse } from './api-request.ts';
import { logResponse } from './log-response.ts';
import type { ResourceRequest } from './request-context.ts';
import { deleteOptions, flag, writeOptions } from './request-options.ts';
import { handleResource, patchTypeOf, target } from './resource-requests.ts';
import { json } from './respond.ts';

/** Carries out a request on a subresource. */
export function handleSubresource(request: ResourceRequest): ApiResponse {
  const { info, resource } = request;
  const { subresources } = resource;
  if (info.subresource === 'status' && subresources.status === true) return handleResource(request);
  if (info.subresource === 'scale' && subresources.scale !== undefined) return scale(request);
  if (!subresources.others.includes(info.subresource)) {
    throw resource.custom === undefined ? pageNotFound() : notFound(groupResource(resource), info.name);
  }
  switch (info.subresource) {
    case 'finalize':
      return handleResource(request);
    case 'log':
      return logResponse(request);
    case 'eviction':
      return evict(request);
    case 'token':
      return issueToken(request);
    case 'binding':
      return bind(request);
    default:
      throw pageNotFound();
  }
}

function scale(request: ResourceRequest): ApiResponse {
  const { resource, info, body, calls } = request;
  const options = info.verb === 'get' ? undefined : admittedWrite(request);
  if (info.verb === 'update') checkScale(body);
  const stored =
    options === undefined
      ? existingObject(resource, target(request))
      : calls.once('write', () => scaled(request, options));
  return json(scaleOf(resource, resource.fromStored(stored)));
}

function scaled(request: ResourceRequest, options: WriteOptions): ApiObject {
  const { resource, info } = request;
  const existing = existingObject(resource, target(request));
  const current = resource.fromStored(existing);
  if (info.verb !== 'patch' && info.verb !== 'update') throw methodNotAllowed();
  return storedScale(request, { existing, options }, current);
}

function storedScale(request: ResourceRequest, write: ScaleWrite, current: ApiObject): ApiObject {
  const { context, resource, info, body } = request;
  if (info.verb === 'update') {
    const name = stringAt(body, 'metadata', 'name');
    checkName(name, info.name);
    if (name !== info.name)
      throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name})`);
    checkUid(resource, write.existing, stringAt(body, 'metadata', 'uid') ?? '');
    return updateScale(context.core, resource, write, isJsonObject(body) ? body : {});
  }
  if (patchTypeOf(request.request.headers['content-type']) !== 'apply')
    return updateScale(context.core, resource, write, patchedScale(request, current));
  const force = flag(request.request.query, 'force') ?? false;
  return applyScale(context.core, resource, { ...write, force }, scaleConfiguration(body));
}

function checkScale(body: unknown): void {
  const problem = isJsonObject(body) ? decodeError(scaleSchema, asJson(body)) : 'it is no object';
  if (problem !== undefined) throw badRequest(`Scale in version "v1" cannot be handled as a Scale: ${problem}`);
}

function patchedScale({ resource, request, body }: ResourceRequest, current: ApiObject): ApiObject {
  const type = patchTypeOf(request.headers['content-type']);
  if (type === 'apply') throw badRequest('an apply is not a patch of the scale');
  const patched = patchedObject(scaleOf(resource, current), { type, body }, { schema: { type: 'object' } });
  const problem = decodeError(scaleSchema, asJson(patched));
  if (problem !== undefined) throw invalidPatch(JSON.stringify(patched), problem);
  return patched;
}

function scaleConfiguration(body: unknown): JsonObject {
  const problem = isJsonObject(body) ? decodeError(scaleSchema, asJson(body)) : 'it is no object';
  if (problem !== undefined || !isJsonObject(body))
    throw new StatusError({ code: 500, message: `failed to create typed patch object: ${problem}` });
  return body;
}

/** An eviction is a deletion; disruption budgets are not counted here. */
function evict(request: ResourceRequest): ApiResponse {
  const { context, resource } = request;
  if (request.info.verb !== 'create') throw methodNotAllowed();
  const body = admittedBody(request, { group: 'policy', version: 'v1', kind: 'Eviction' });
  deleteObject(
    context.core,
    resource,
    target(request),
    deleteOptions(request.request, objectAt(body, 'deleteOptions')),
  );
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201);
}

const defaultLifetimeSeconds = 3600;

function issueToken(request: ResourceRequest): ApiResponse {
  const { context, resource } = request;
  if (request.info.verb !== 'create') throw methodNotAllowed();
  const body = admittedBody(request, { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' });
  const account = existingObject(resource, target(request));
  const { name, namespace = '', uid = '' } = account.metadata;
  const spec = objectAt(body, 'spec');
  const expirationSeconds = numberAt(spec, 'expirationSeconds') ?? defaultLifetimeSeconds;
  const asked = listAt(spec, 'audiences').filter((each): each is string => typeof each === 'string');
  const audiences = asked.length === 0 ? [issuer] : asked;
  const token = context.tokens.issue({ namespace, name, uid, expirationSeconds, audiences });
  return json(
    {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: context.tokens.now() },
      spec: { ...spec, audiences, expirationSeconds },
      status: { token, expirationTimestamp: context.tokens.now(expirationSeconds) },
    },
    201,
  );
}

/** Puts a pod on a node, as the scheduler does. */
function bind(request: ResourceRequest): ApiResponse {
  const { context, resource, warn } = request;
  if (request.info.verb !== 'create') throw methodNotAllowed();
  const body = admittedBody(request, { group: '', version: 'v1', kind: 'Binding' });
  const existing = existingObject(resource, target(request));
  const nodeName = stringAt(body, 'target', 'name');
  if (!isJsonObject(body) || nodeName === undefined) throw badRequest('the body must be a Binding with target.name');
  const spec = withFields(objectAt(existing, 'spec'), { nodeName });
  const options = writeOptions(request.request, warn);
  const next = admitBody(context.core, resource, withFields(existing, { spec }), options);
  updateObject(context.core, resource, { existing, next, subresource: '', options });
  return json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201);
}
