import { admitBody, defaultObject } from '../handlers/admit.ts';
import type { DeleteOptions } from '../handlers/delete.ts';
import type { WriteOptions } from '../handlers/write-options.ts';
import { isJsonObject, stringAt, withFields, type ApiObject, type JsonObject } from '../object/api-object.ts';
import { badRequest } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';
import type { Admission, GroupVersionKind } from '../webhooks/admission/attributes.ts';
import { internalError } from '../webhooks/admission/refusal.ts';
import { webhookAdmission } from '../webhooks/admission/webhook-admission.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { ResourceRequest } from './request-context.ts';
import { deleteOptions, writeOptions } from './request-options.ts';

/** How a write is to be done, and which webhooks have a say in it. */
export function admittedWrite(request: ResourceRequest): WriteOptions {
  const options = writeOptions(request.request, request.warn);
  const { query } = request.request;
  const asked = ['fieldManager', 'fieldValidation'].flatMap((name) => {
    const value = query.get(name) ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  const said = { ...(options.dryRun ? { dryRun: ['All'] } : {}), ...Object.fromEntries(asked) };
  return { ...options, admission: admissionOf(request, options.dryRun, said) };
}

/** How a deletion is to be done, and which webhooks have a say in it. */
export function admittedDeletion(request: ResourceRequest, body: unknown): DeleteOptions {
  const options = deleteOptions(request.request, body);
  const { uid, resourceVersion, gracePeriodSeconds, propagation } = options;
  const preconditions = withFields({}, { uid, resourceVersion });
  const said = withFields<JsonObject>(
    {},
    {
      gracePeriodSeconds,
      preconditions: Object.keys(preconditions).length === 0 ? undefined : preconditions,
      propagationPolicy: propagation,
      dryRun: options.dryRun === true ? ['All'] : undefined,
    },
  );
  return { ...options, admission: admissionOf(request, options.dryRun === true, said) };
}

/** What webhooks make of the body of a subresource that stores nothing of its own: an Eviction, a Binding. */
export function admittedBody(request: ResourceRequest, kind: GroupVersionKind): unknown {
  const { admission } = admittedWrite(request);
  const { body } = request;
  if (admission === undefined || !isJsonObject(body)) return body;
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const named = { metadata: {}, ...body, apiVersion, kind: kind.kind } as unknown as ApiObject;
  const own: Admission = admission.of({ kind, read: readAny });
  const object = own.mutate({ operation: 'CREATE', object: named });
  own.validate({ operation: 'CREATE', object });
  return object;
}

function readAny(value: unknown): ApiObject {
  if (!isJsonObject(value) || stringAt(value, 'kind') === undefined) throw badRequest('it is no object');
  return value as ApiObject;
}

function admissionOf(request: ResourceRequest, dryRun: boolean, options: JsonObject): Admission | undefined {
  const { context, resource, info, user, warn, calls } = request;
  return webhookAdmission({
    core: context.core,
    caller: context.webhooks,
    calls,
    warn,
    subject: {
      resource,
      subresource: info.subresource,
      name:
        info.verb === 'create' && info.subresource === ''
          ? (stringAt(request.body, 'metadata', 'name') ?? '')
          : info.name,
      namespace: resource.namespaced ? (info.namespace ?? '') : '',
      user,
      dryRun,
      options,
    },
    bound: (each) => request.resources.of(each),
    read: (as, object) => readMutated(request, as, object),
  });
}

/** What a webhook made of an object is read as a request's body is, but for unknown fields, which vanish. */
function readMutated({ context, warn }: ResourceRequest, resource: ServedResource, object: unknown): ApiObject {
  const options: WriteOptions = {
    manager: '',
    dryRun: false,
    fieldValidation: 'Ignore',
    refuseUnknown: (problem) => internalError(problem),
    warn,
  };
  try {
    return defaultObject(resource, admitBody(context.core, resource, object, options));
  } catch (error) {
    throw error instanceof StatusError && error.code !== 500 ? internalError(error.message) : error;
  }
}
