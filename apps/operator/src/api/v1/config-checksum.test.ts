import { jsonEqual } from '@canaryop/reconcile/object';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { areComparable, checksumKey, configMapChecksum, secretChecksum } from './config-checksum.ts';

const one = checksumKey(new Uint8Array(32).fill(1));
const two = checksumKey(new Uint8Array(32).fill(2));

describe('checksums', () => {
  it('of the same content are the same, whatever the order of its keys, and of other content are others', () => {
    const data = fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 5 });
    fc.assert(
      fc.property(data, data, (left, right) => {
        const reversed = Object.fromEntries(Object.entries(left).toReversed());
        expect(configMapChecksum({ data: reversed })).toBe(configMapChecksum({ data: left }));
        expect(secretChecksum(one, { data: reversed })).toBe(secretChecksum(one, { data: left }));
        const isSame = jsonEqual(left, right);
        expect(configMapChecksum({ data: left }) === configMapChecksum({ data: right })).toBe(isSame);
        expect(secretChecksum(one, { data: left }) === secretChecksum(one, { data: right })).toBe(isSame);
      }),
    );
  });

  it.each([
    ['a value', { data: { a: '1' } }, { data: { a: '2' } }],
    ['a key', { data: { a: '1' } }, { data: { b: '1' } }],
    ['what separates them', { data: { a: '1,b' } }, { data: { a: '1', b: '' } }],
    ['text and bytes', { data: { a: 'MQ==' } }, { binaryData: { a: 'MQ==' } }],
  ])('tell %s apart', (_, left, right) => {
    expect(configMapChecksum(left)).not.toBe(configMapChecksum(right));
  });

  it('of nothing are those of no keys', () => {
    expect(configMapChecksum({})).toBe(configMapChecksum({ data: {}, binaryData: {} }));
  });

  it('of Secrets depend on the key and on the type, and name the key', () => {
    const content = { type: 'Opaque', data: { a: 'MQ==' } };
    expect(secretChecksum(one, content)).toMatch(new RegExp(`^hmac-${one.id}-[0-9a-f]{32}$`));
    expect(secretChecksum(one, content).slice(-32)).not.toBe(secretChecksum(two, content).slice(-32));
    expect(secretChecksum(one, content)).not.toBe(secretChecksum(one, { ...content, type: 'kubernetes.io/tls' }));
  });

  it.each([
    ['sha256-aa', 'sha256-bb', true],
    ['absent', 'sha256-bb', true],
    ['absent', 'hmac-01-bb', true],
    ['hmac-01-aa', 'hmac-01-bb', true],
    ['hmac-01-aa', 'hmac-02-aa', false],
  ])('%s and %s can tell about each other: %s', (left, right, expected) => {
    expect(areComparable(left, right)).toBe(expected);
  });
});
