import { parse } from 'yaml';

import { decodeProtobuf } from '../protobuf/decode.ts';
import { ProtobufError } from '../protobuf/wire.ts';
import { badRequest } from '../status/refusals.ts';
import { StatusError } from '../status/status-error.ts';

/** Media type of a Content-Type header, without parameters. */
export function contentType(header: string | undefined): string {
  return (header ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Reads a body that is JSON or YAML. An empty one is undefined. */
export function readBody(body: Uint8Array, header: string | undefined): unknown {
  if (body.length === 0) return undefined;
  const type = contentType(header);
  const text = Buffer.from(body).toString('utf8');
  if (type === 'application/vnd.kubernetes.protobuf') return readProtobuf(body);
  if (type.includes('cbor')) throw unsupported(type);
  try {
    // JSON is the common case even where YAML is declared, and its parser is much the faster one.
    return type.includes('yaml') && !looksLikeJson(text) ? (parse(text) as unknown) : (JSON.parse(text) as unknown);
  } catch (error) {
    throw badRequest(
      `the body of the request cannot be read as ${type}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function readProtobuf(body: Uint8Array): unknown {
  try {
    return decodeProtobuf(body);
  } catch (error) {
    throw error instanceof ProtobufError ? badRequest(error.message) : error;
  }
}

function looksLikeJson(text: string): boolean {
  const start = text.trimStart();
  return start.startsWith('{') || start.startsWith('[');
}

function unsupported(type: string): StatusError {
  return new StatusError({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format (${type}) - accepted media types include: application/json, application/yaml`,
  });
}
