import { dateOf, formatMicroTime, formatTime } from '@canaryop/reconcile/env';

import type { JsonObject } from '../object/api-object.ts';
import { protobufKinds, protobufMessages } from './generated/protobuf-messages.ts';
import { ProtobufError, wireFields, type WireField } from './wire.ts';

const magic = [0x6b, 0x38, 0x73, 0x00];
const text = new TextDecoder();

/**
 * Reads an object that kubectl sent as `application/vnd.kubernetes.protobuf`: the magic `k8s\0`, then a
 * `runtime.Unknown` that names the kind. Zero values of fields that are not pointers are left out, as in JSON.
 *
 * @throws ProtobufError for a malformed message or a kind that is not in the table.
 */
export function decodeProtobuf(bytes: Uint8Array): JsonObject {
  if (magic.some((byte, at) => bytes[at] !== byte))
    throw new ProtobufError('the body does not start as Kubernetes protobuf does');
  const unknown = wireFields(bytes.subarray(magic.length));
  const type = wireFields(bytesOf(unknown, 1));
  const apiVersion = text.decode(bytesOf(type, 1));
  const kind = text.decode(bytesOf(type, 2));
  const key = apiVersion.includes('/') ? `${apiVersion}/${kind}` : `/${apiVersion}/${kind}`;
  const message = own(protobufKinds, key) ?? own(protobufKinds, kind === 'DeleteOptions' ? '/v1/DeleteOptions' : '');
  if (message === undefined) throw new ProtobufError(`${apiVersion} ${kind} cannot be read as protobuf`);
  return { apiVersion, kind, ...decodeMessage(message, bytesOf(unknown, 2)) };
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function bytesOf(fields: readonly WireField[], number: number): Uint8Array {
  const value = fields.findLast((field) => field.number === number)?.value;
  return value instanceof Uint8Array ? value : new Uint8Array();
}

interface Field {
  readonly json: string;
  readonly type: string;
}

function fieldsOf(message: string): ReadonlyMap<number, Field> {
  const rows = (own(protobufMessages, message) ?? '').split(',').filter((row) => row !== '');
  return new Map(
    rows.map((row) => {
      const [number = '', json = '', type = ''] = row.split(' ');
      return [Number(number), { json, type }];
    }),
  );
}

function decodeMessage(message: string, bytes: Uint8Array): JsonObject {
  const table = fieldsOf(message);
  const entries = new Map<string, unknown>();
  for (const { number, value } of wireFields(bytes)) {
    const field = table.get(number);
    if (field !== undefined) decodeField(field, value, entries);
  }
  return Object.fromEntries(entries);
}

function decodeField({ json, type }: Field, value: WireField['value'], entries: Map<string, unknown>): void {
  if (type.startsWith('[]')) {
    const list = entries.get(json);
    entries.set(json, [
      ...(Array.isArray(list) ? (list as readonly unknown[]) : []),
      decodeValue(type.slice(2), value),
    ]);
    return;
  }
  if (type.startsWith('{}')) {
    const map = entries.get(json);
    entries.set(json, Object.fromEntries([...Object.entries(map ?? {}), decodeEntry(type.slice(2), value)]));
    return;
  }
  const isPointer = type.startsWith('*');
  const decoded = decodeValue(isPointer ? type.slice(1) : type, value);
  if (json === '-') {
    for (const [key, child] of Object.entries(decoded ?? {})) entries.set(key, child);
    return;
  }
  if (isPointer || !isZero(decoded)) entries.set(json, decoded);
}

function decodeEntry(type: string, value: WireField['value']): [string, unknown] {
  const fields = wireFields(asBytes(value));
  const found = fields.findLast((field) => field.number === 2)?.value ?? new Uint8Array();
  return [text.decode(bytesOf(fields, 1)), decodeValue(type, found)];
}

function isZero(value: unknown): boolean {
  return value === undefined || value === '' || value === 0 || value === false;
}

function asBytes(value: WireField['value']): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new ProtobufError('a number stands where bytes belong');
}

function asNumber(value: WireField['value']): number {
  return typeof value === 'bigint' ? Number(value) : 0;
}

const decoders: Readonly<Record<string, (value: WireField['value']) => unknown>> = {
  s: (value) => text.decode(asBytes(value)),
  i: asNumber,
  b: (value) => value === 1n,
  d: (value) => new DataView(asBytes(value).slice().buffer).getFloat64(0, true),
  y: (value) => Buffer.from(asBytes(value)).toString('base64'),
  T: (value) => decodeTime(value, formatTime),
  M: (value) => decodeTime(value, formatMicroTime),
  Q: (value) => text.decode(bytesOf(wireFields(asBytes(value)), 1)),
  I: decodeIntOrString,
  R: decodeRaw,
};

/** JSON inside protobuf: managed fields and extensions. */
function decodeRaw(value: WireField['value']): unknown {
  try {
    return JSON.parse(text.decode(bytesOf(wireFields(asBytes(value)), 1))) as unknown;
  } catch {
    throw new ProtobufError('a raw extension is not JSON');
  }
}

function decodeValue(type: string, value: WireField['value']): unknown {
  const decoder = Object.hasOwn(decoders, type) ? decoders[type] : undefined;
  return decoder === undefined ? decodeMessage(type, asBytes(value)) : decoder(value);
}

function decodeIntOrString(value: WireField['value']): number | string {
  const fields = wireFields(asBytes(value));
  const type = fields.find((field) => field.number === 1)?.value ?? 0n;
  return type === 1n
    ? text.decode(bytesOf(fields, 3))
    : asNumber(fields.find((field) => field.number === 2)?.value ?? 0n);
}

/** An absent time is an empty message. */
function decodeTime(value: WireField['value'], format: (epochMs: number) => string): string | undefined {
  const fields = wireFields(asBytes(value));
  const seconds = fields.find((field) => field.number === 1)?.value;
  if (seconds === undefined) return undefined;
  const nanos = asNumber(fields.find((field) => field.number === 2)?.value ?? 0n);
  const epochMs = asNumber(seconds) * 1000 + nanos / 1e6;
  return Number.isNaN(dateOf(epochMs).getTime()) ? undefined : format(epochMs);
}
