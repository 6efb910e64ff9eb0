/** One field of a protobuf message, as it is on the wire. */
export interface WireField {
  readonly number: number;
  /** A varint (two's complement), a fixed 64-bit value, or bytes. */
  readonly value: bigint | Uint8Array;
}

/** A message that ends early or uses what Kubernetes never does. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** Reads the fields of a message in the order of the wire. */
export function wireFields(bytes: Uint8Array): readonly WireField[] {
  const fields: WireField[] = [];
  let at = 0;

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new ProtobufError('the message ends inside a number');
      at += 1;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
    throw new ProtobufError('a number is too long');
  }

  function slice(length: number): Uint8Array {
    if (length < 0 || at + length > bytes.length) throw new ProtobufError('the message ends inside a field');
    at += length;
    return bytes.subarray(at - length, at);
  }

  while (at < bytes.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    const type = tag & 7;
    if (type === 0) fields.push({ number, value: varint() });
    else if (type === 1) fields.push({ number, value: slice(8) });
    else if (type === 2) fields.push({ number, value: slice(Number(varint())) });
    else throw new ProtobufError(`wire type ${type} is not supported`);
  }
  return fields;
}
