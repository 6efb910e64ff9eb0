import { Writable } from 'node:stream';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ApiError } from '../client/api-error.ts';
import type { Logger } from '../env/logger.ts';
import { streamLogger, type StreamLoggerOptions } from './stream-logger.ts';

function setUp(options: StreamLoggerOptions = {}): {
  log: Logger;
  lines: () => string[];
  json: () => Record<string, unknown>[];
} {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const log = streamLogger({ stream, clock: { now: () => 1_767_225_600_123 }, ...options });
  const lines = (): string[] => text.split('\n').slice(0, -1);
  return { log, lines, json: () => lines().map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the logger of lines', () => {
  it('writes one JSON object a line, with the fields of every logger above it', () => {
    const { log, json } = setUp();
    log.with({ controller: 'web' }).with({ name: 'a' }).info('reconciled', { durationMs: 3 });
    expect(json()).toEqual([
      { ts: '2026-01-01T00:00:00.123Z', level: 'info', msg: 'reconciled', controller: 'web', name: 'a', durationMs: 3 },
    ]);
  });

  it('writes nothing below its level', () => {
    const { log, json } = setUp({ level: 'warn' });
    log.debug('d');
    log.info('i');
    log.warn('w');
    log.error('e');
    expect(json().map(({ level }) => level)).toEqual(['warn', 'error']);
  });

  it('writes for people when asked to', () => {
    const { log, lines } = setUp({ format: 'console' });
    log.warn('not ready', { name: 'a', why: 'two words', list: [1] });
    expect(lines()).toEqual(['2026-01-01T00:00:00.123Z WARN  not ready name=a why="two words" list=[1]']);
  });

  it('leaves the frames of packages and of Node out of what it writes for people', () => {
    const { log, lines } = setUp({ format: 'console' });
    const error = new TypeError('no');
    const own = 'at reconcile (file:///op/src/controllers/web.ts:3:9)';
    error.stack = [
      'TypeError: no',
      `    ${own}`,
      '    at work (file:///op/node_modules/@canaryop/reconcile/dist/controller/worker.js:8:1)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
    ].join('\n');
    log.error('failed', { error });
    expect(lines()).toEqual([
      `2026-01-01T00:00:00.123Z ERROR failed error=${JSON.stringify({ name: 'TypeError', message: 'no', stack: own })}`,
    ]);
  });

  it('tells an error with its class, its fields, its cause and where it was thrown', () => {
    const { log, json } = setUp();
    const cause = new ApiError({ status: 404, reason: 'NotFound', detail: 'no', request: 'GET /x', action: 'get x' });
    log.error('failed', { error: new Error('outer', { cause }) });
    expect(json()[0]).toMatchObject({
      error: {
        name: 'Error',
        message: 'outer',
        stack: expect.stringContaining('stream-logger.test.ts'),
        cause: { name: 'ApiError', status: 404, reason: 'NotFound' },
      },
    });
  });

  it('cannot be made to forge a line, its level or its time', () => {
    const { log, lines, json } = setUp();
    log.info('a\nb\u001b[31m', { level: 'debug', msg: 'x', ts: 0, note: 'one\r\n{"level":"error"}' });
    expect(lines()).toHaveLength(1);
    expect(json()[0]).toEqual({
      ts: '2026-01-01T00:00:00.123Z',
      level: 'info',
      msg: 'a b [31m',
      'field.level': 'debug',
      'field.msg': 'x',
      'field.ts': 0,
      note: 'one {"level":"error"}',
    });
  });

  it('writes values that are no JSON as text, and never throws', () => {
    const { log, json } = setUp();
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    let deep: unknown = 1;
    for (let i = 0; i < 50; i += 1) deep = [deep];
    const hostile = {
      get boom(): never {
        throw new Error('no');
      },
    };
    log.info('odd', {
      big: 12n,
      cycle,
      hostile,
      nan: Number.NaN,
      symbol: Symbol('s'),
      fn: () => 1,
      gone: undefined,
      nothing: null,
      set: new Set([1]),
      deep,
      long: 'x'.repeat(100_000),
      wide: Array.from({ length: 1000 }, (_, i) => i),
    });
    let huge: unknown = 'x';
    for (let level = 0; level < 5; level += 1) huge = Array.from({ length: 64 }, () => huge);
    log.info('huge', { huge });
    const [line] = json();
    expect(line).toMatchObject({
      big: '12',
      cycle: { self: '[circular]' },
      hostile: { boom: '[unreadable]' },
      nan: 'NaN',
    });
    expect(line).toMatchObject({ symbol: 'Symbol(s)', fn: '[function]', nothing: null, set: [1] });
    expect(JSON.stringify(line).length).toBeLessThan(6000);
  });

  it('keeps one call one parseable line, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.dictionary(fc.string(), fc.anything()), (message, fields) => {
        const { log, json } = setUp();
        log.info(message, fields);
        expect(json()).toHaveLength(1);
      }),
      { numRuns: 40 },
    );
  });
});
