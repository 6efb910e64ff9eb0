import { numberAt, stringAt, type JsonObject } from '../../object/api-object.ts';
import { badRequest } from '../../status/refusals.ts';
import { StatusError } from '../../status/status-error.ts';

/** 500 for what the server itself could not do. */
export function internalError(why: string): StatusError {
  return new StatusError({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${why}`,
    details: { causes: [{ message: why }] },
  });
}

/** 500 for a webhook that has to agree and cannot be asked. */
export function failedCall(webhook: string, why: string): StatusError {
  return internalError(`failed calling webhook ${JSON.stringify(webhook)}: ${why}`);
}

/** 400 for a dry run over a webhook that may have effects of its own. */
export function dryRunUnsupported(webhook: string): StatusError {
  return badRequest(`admission webhook ${JSON.stringify(webhook)} does not support dry run`);
}

/** What a webhook that said no has made of the request: its own status, as far as that is one of a failure. */
export function denied(webhook: string, status: JsonObject | undefined): StatusError {
  const by = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  const reason = stringAt(status, 'reason') ?? '';
  const said = stringAt(status, 'message') ?? '';
  const why = said === '' ? reason : said;
  const details = status?.['details'];
  return new StatusError({
    code: Math.max(400, numberAt(status, 'code') ?? 0),
    ...(reason === '' ? {} : { reason }),
    message: why === '' ? `${by} without explanation` : `${by}: ${why}`,
    ...(typeof details === 'object' && details !== null ? { details } : {}),
  });
}

/** 500 for a webhook that wants to change what is not there to be changed. */
export function unchangeable(webhook: string): StatusError {
  const what = `admission webhook ${JSON.stringify(webhook)} attempted to modify the object`;
  return internalError(`${what}, which is not supported for this operation`);
}
