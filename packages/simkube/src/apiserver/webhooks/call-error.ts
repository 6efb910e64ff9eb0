import { isJsonObject, stringAt } from '../object/api-object.ts';

const unknownAuthority = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';

/** What Node calls a failure -> what Go says of it. */
const goTexts = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', unknownAuthority],
  ['SELF_SIGNED_CERT_IN_CHAIN', unknownAuthority],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', unknownAuthority],
  ['CERT_SIGNATURE_FAILURE', unknownAuthority],
  ['CERT_HAS_EXPIRED', 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid'],
  ['CERT_NOT_YET_VALID', 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid'],
  ['ECONNRESET', 'EOF'],
  ['UND_ERR_SOCKET', 'EOF'],
]);

/** Why a call got no answer, as Go's HTTP client words it where it has words for it. */
export function callErrorText(
  error: unknown,
  address: { readonly host: string; readonly port: number } | undefined,
): string {
  const code = stringAt(error, 'code') ?? codeOf(error);
  const known = goTexts.get(code);
  if (known !== undefined) return known;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `tls: failed to verify certificate: x509: ${message}`;
  if (code !== 'ECONNREFUSED') return message;
  const refused = /(?<at>[\d.:a-f[\]]+:\d+)$/u.exec(message)?.groups?.['at'] ?? `${address?.host}:${address?.port}`;
  return `dial tcp ${refused}: connect: connection refused`;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause);
}

/** client-go's words for an answer that is no success and says nothing about itself. */
const statusTexts = new Map([
  [400, 'the server rejected our request for an unknown reason'],
  [401, 'the server has asked for the client to provide credentials'],
  [404, 'the server could not find the requested resource'],
  [405, 'the server does not allow this method on the requested resource'],
  [409, 'the server reported a conflict'],
  [422, 'the server rejected our request due to an error in our request'],
  [429, 'the server has received too many requests and has asked us to try again later'],
  [503, 'the server is currently unable to handle the request'],
  [504, 'the server was unable to return a response in the time allotted, but may still be processing the request'],
]);

/** What an answer with a status that is no success means. */
export function statusErrorText(status: number, body: string): string {
  const said = statusMessage(body);
  if (said !== undefined) return said;
  if (status === 403 || status === 415) return body === '' ? 'unknown' : body;
  const known = statusTexts.get(status);
  if (known !== undefined) return known;
  if (status >= 500) {
    const text = JSON.stringify(body === '' ? 'unknown' : body.trim());
    return `an error on the server (${text}) has prevented the request from succeeding`;
  }
  return `the server responded with the status code ${status} but did not return more information`;
}

function statusMessage(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isJsonObject(value) && value['kind'] === 'Status' ? stringAt(value, 'message') : undefined;
  } catch {
    return undefined;
  }
}
