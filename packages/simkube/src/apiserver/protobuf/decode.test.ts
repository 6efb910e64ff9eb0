import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeProtobuf } from './decode.ts';
import { ProtobufError } from './wire.ts';

function varint(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

const field = (number: number, bytes: readonly number[]): readonly number[] => [
  ...varint(number * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
];
const text = (value: string): readonly number[] => [...Buffer.from(value)];
const whole = (number: number, value: number): readonly number[] => [...varint(number * 8), ...varint(value)];

/** A body as kubectl sends it: the magic, then the kind and the message. */
function body(apiVersion: string, kind: string, message: readonly number[]): Uint8Array {
  const type = field(1, [...field(1, text(apiVersion)), ...field(2, text(kind))]);
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...type, ...field(2, message)]);
}

describe('a protobuf body', () => {
  it('reads names, maps and lists, and leaves out what is zero', () => {
    const label = field(11, [...field(1, text('a')), ...field(2, text('b'))]);
    const metadata = field(1, [...field(1, text('n')), ...field(2, []), ...whole(7, 0), ...label, ...field(8, [])]);
    expect(decodeProtobuf(body('v1', 'Namespace', [...metadata, ...field(2, [])]))).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'n', labels: { a: 'b' } },
      spec: {},
    });
  });

  it('keeps the zero of a pointer, reads ports that are numbers or names, and inlines', () => {
    const port = field(2, [
      ...field(1, text('p')),
      ...whole(3, 80),
      ...field(4, [...whole(1, 1), ...field(3, text('web'))]),
    ]);
    const spec = field(2, field(1, port.slice(2)));
    expect(decodeProtobuf(body('v1', 'Service', spec))['spec']).toEqual({
      ports: [{ name: 'p', port: 80, targetPort: 'web' }],
    });
    expect(decodeProtobuf(body('apps/v1', 'Deployment', field(2, whole(1, 0))))['spec']).toEqual({ replicas: 0 });
    const volume = field(2, field(1, [...field(1, text('v')), ...field(2, field(2, []))]));
    expect(decodeProtobuf(body('v1', 'Pod', volume))['spec']).toEqual({ volumes: [{ name: 'v', emptyDir: {} }] });
  });

  it('of an unknown kind says so', () => {
    expect(() => decodeProtobuf(body('v9', 'Thing', []))).toThrow('v9 Thing cannot be read as protobuf');
  });

  it('that is cut or garbled is refused or read, and nothing else', () => {
    const valid = body('v1', 'Namespace', field(1, field(1, text('name'))));
    fc.assert(
      fc.property(fc.nat(valid.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
        const broken = isCut ? valid.slice(0, at) : valid.map((each, index) => (index === at ? byte : each));
        try {
          decodeProtobuf(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError);
        }
      }),
    );
  });
});
