import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LineSplitter } from './json-lines.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('splitting a stream into lines', () => {
  it('gives back every value, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.json({ stringUnit: 'binary' })), fc.array(fc.nat(200)), (values, cuts) => {
        const stream = bytes(values.map((value) => `${value}\n`).join(''));
        const places = [...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length];
        const splitter = new LineSplitter();
        let start = 0;
        const lines = places.flatMap((end) => {
          const chunk = stream.subarray(start, end);
          start = end;
          return [...splitter.push(chunk)];
        });
        expect(lines).toEqual(values.map((value) => Buffer.from(value).toString()));
        expect(splitter.isInsideLine).toBe(false);
      }),
    );
  });

  it('does not split at U+2028 and U+2029, which JSON strings may contain raw', () => {
    const text = JSON.stringify({ a: 'one\u2028two\u2029three' });
    expect(new LineSplitter().push(bytes(`${text}\n`))).toEqual([text]);
  });

  it('holds a line back until its end is there', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(bytes('{"a":'))).toEqual([]);
    expect(splitter.isInsideLine).toBe(true);
    expect(splitter.push(bytes('1}\n\n{"b":2}\n'))).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => new LineSplitter().push(new Uint8Array([0x22, 0xff, 0x22, 0x0a]))).toThrow(TypeError);
  });
});
