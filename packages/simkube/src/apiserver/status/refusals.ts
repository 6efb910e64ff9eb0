import { fieldErrorsText, type FieldError } from '../../schema/field-error.ts';
import { StatusError, type StatusCause } from './status-error.ts';

/** A resource as error texts name it. */
export interface GroupResource {
  readonly group: string;
  /** Plural, as in URLs. */
  readonly resource: string;
}

/** `deployments.apps`, or `pods` for the core group. */
export function groupResourceText({ group, resource }: GroupResource): string {
  return group === '' ? resource : `${resource}.${group}`;
}

const details = (of: GroupResource, name: string): { name?: string; group?: string; kind: string } => ({
  ...(name === '' ? {} : { name }),
  ...(of.group === '' ? {} : { group: of.group }),
  kind: of.resource,
});

/** 404 for an object that does not exist. */
export function notFound(of: GroupResource, name: string): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: `${groupResourceText(of)} "${name}" not found`,
    details: details(of, name),
  });
}

/** 404 for a path or a kind that the server does not serve. */
export function pageNotFound(): StatusError {
  return new StatusError({
    code: 404,
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    details: {},
  });
}

/** 409 for a name that is taken. */
export function alreadyExists(of: GroupResource, name: string): StatusError {
  return new StatusError({
    code: 409,
    reason: 'AlreadyExists',
    message: `${groupResourceText(of)} "${name}" already exists`,
    details: details(of, name),
  });
}

/** 409 for a write that was decided on another state than the stored one. */
export function conflict(of: GroupResource, name: string, why: string): StatusError {
  return new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${groupResourceText(of)} "${name}": ${why}`,
    details: details(of, name),
  });
}

/** 409 for a resourceVersion that is not the stored one. */
export function staleVersion(of: GroupResource, name: string): StatusError {
  return conflict(
    of,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

/** 400 for a request that cannot be understood. */
export function badRequest(message: string): StatusError {
  return new StatusError({ code: 400, reason: 'BadRequest', message });
}

/** 403 for a request that is understood and refused. */
export function forbidden(of: GroupResource, name: string, why: string, causes?: readonly StatusCause[]): StatusError {
  return new StatusError({
    code: 403,
    reason: 'Forbidden',
    message:
      name === ''
        ? `${groupResourceText(of)} is forbidden: ${why}`
        : `${groupResourceText(of)} "${name}" is forbidden: ${why}`,
    details: { ...details(of, name), ...(causes === undefined ? {} : { causes }) },
  });
}

/** 405 for a verb that the resource does not have. */
export function methodNotAllowed(): StatusError {
  return new StatusError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: `the server does not allow this method on the requested resource`,
    details: {},
  });
}

/** 410 for a resourceVersion that is older than the history that is kept. */
export function expired(message: string): StatusError {
  return new StatusError({ code: 410, reason: 'Expired', message });
}

/** 422 for an object that breaks a rule of its kind. */
export function invalid(
  of: { readonly group: string; readonly kind: string },
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const kind = of.group === '' ? of.kind : `${of.kind}.${of.group}`;
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: `${kind} "${name}" is invalid: ${fieldErrorsText(errors)}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(of.group === '' ? {} : { group: of.group }),
      ...(of.kind === '' ? {} : { kind: of.kind }),
      causes: errors.map(({ reason, body, field }) => ({ reason, message: body, field })),
    },
  });
}

/** 422 for a request option, for instance of `ListOptions`, that cannot be. */
export function invalidOption(options: string, error: FieldError): StatusError {
  return invalidOptions(options, [error]);
}

/** 422 for several request options that cannot be. */
export function invalidOptions(options: string, errors: readonly FieldError[]): StatusError {
  return invalid({ group: 'meta.k8s.io', kind: options }, '', errors);
}

/** 504 for a resourceVersion that the server has not reached yet. */
export function tooLargeVersion(asked: string, current: number): StatusError {
  return new StatusError({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: {
      retryAfterSeconds: 1,
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    },
  });
}
