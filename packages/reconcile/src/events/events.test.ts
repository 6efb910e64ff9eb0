import { describe, expect, it } from 'vitest';

import { ApiError } from '../client/api-error.ts';
import { FencedError } from '../client/fence.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ResourceKind } from '../object/resource-kind.ts';
import { recordingLogger, type LoggedLine } from '../testing/recording-logger.ts';
import { virtualEnv, type VirtualEnv } from '../testing/virtual-env.ts';
import { EventCorrelator } from './event-correlator.ts';
import { EventWriter, type EventWriterOptions } from './event-recorder.ts';
import { boundedMessage, boundedReason, type CoreEvent, type Occurrence } from './event.ts';

const app: KubernetesObject = {
  apiVersion: 'demo.io/v1',
  kind: 'App',
  metadata: { name: 'a', namespace: 'n', uid: 'u', resourceVersion: '5' },
};
const apiError = (status: number, reason: string): ApiError =>
  new ApiError({ status, reason, detail: 'd', request: 'r', action: 'a' });

interface Setup {
  readonly env: VirtualEnv;
  readonly writer: EventWriter;
  readonly requests: [string, CoreEvent | object][];
  readonly lines: readonly LoggedLine[];
  /** Errors for the next requests; undefined lets one through. */
  readonly errors: (Error | undefined)[];
  readonly stop: () => Promise<void>;
}

function setUp(options: Partial<EventWriterOptions> = {}): Setup {
  const { log, lines } = recordingLogger();
  const env = virtualEnv({ log });
  const requests: [string, object][] = [];
  const errors: (Error | undefined)[] = [];
  const answer = <T>(verb: string, body: object, result: unknown): Promise<T> => {
    requests.push([verb, body]);
    const error = errors.shift();
    return error === undefined ? Promise.resolve(result as T) : Promise.reject(error);
  };
  const writer = new EventWriter({
    env,
    client: {
      create: <T extends KubernetesObject>(_kind: ResourceKind<T>, object: object) => answer<T>('POST', object, object),
      patch: <T extends KubernetesObject>(_kind: ResourceKind<T>, live: T, patch: object) =>
        answer<T>('PATCH', patch, { ...live, ...patch }),
    },
    component: 'canaryop',
    instance: 'pod-1',
    ...options,
  });
  const abort = new AbortController();
  const ended = writer.start(abort.signal);
  return {
    env,
    writer,
    requests,
    lines,
    errors,
    stop: () => {
      abort.abort();
      return ended;
    },
  };
}

describe('the event writer', () => {
  it('creates the first event, and raises the count for the same again', async () => {
    const { env, writer, requests, stop } = setUp();
    writer.event(app, 'Normal', 'Shifted', 'weight is 10');
    await env.time.advance(5000);
    writer.event(app, 'Normal', 'Shifted', 'weight is 10');
    await env.time.advance(1000);
    writer.event(app, 'Normal', 'Shifted', 'weight is 20');
    await stop();
    expect(requests).toMatchObject([
      [
        'POST',
        {
          involvedObject: { apiVersion: 'demo.io/v1', kind: 'App', namespace: 'n', name: 'a', uid: 'u' },
          metadata: { namespace: 'n', name: expect.stringMatching(/^a\.[0-9a-f]{16}$/) },
          count: 1,
          source: { component: 'canaryop' },
          reportingInstance: 'pod-1',
          firstTimestamp: '2026-01-01T00:00:00Z',
        },
      ],
      ['PATCH', { count: 2, lastTimestamp: '2026-01-01T00:00:05Z', message: 'weight is 10' }],
      ['POST', { message: 'weight is 20' }],
    ]);
  });

  it('writes events about cluster-scoped objects to the namespace default', async () => {
    const { writer, requests, stop } = setUp();
    writer.event({ ...app, metadata: { name: 'node' } }, 'Normal', 'R', 'm');
    await stop();
    expect(requests).toMatchObject([['POST', { metadata: { namespace: 'default' } }]]);
  });

  it('starts a new event when the one to raise is gone or was changed by others', async () => {
    const { env, writer, requests, errors, stop } = setUp();
    errors.push(undefined, apiError(404, 'NotFound'));
    writer.event(app, 'Normal', 'R', 'm');
    await env.time.advance(1000);
    writer.event(app, 'Normal', 'R', 'm');
    await stop();
    expect(requests.map(([verb]) => verb)).toEqual(['POST', 'PATCH', 'POST']);
  });

  it('tries again while the API server is away, then takes a lost answer for what it is', async () => {
    const { env, writer, requests, lines, errors, stop } = setUp();
    errors.push(new Error('reset'), apiError(503, 'ServiceUnavailable'), apiError(409, 'AlreadyExists'));
    writer.event(app, 'Normal', 'R', 'm');
    await env.time.advance(10_000);
    await stop();
    const [names] = [requests.map(([, body]) => ('metadata' in body ? body.metadata : undefined))];
    expect(requests.map(([verb]) => verb)).toEqual(['POST', 'POST', 'POST']);
    expect(new Set(names.map((name) => JSON.stringify(name))).size).toBe(1);
    expect(lines).toEqual([]);
  });

  it('gives an event up after five tries, and logs an outage once', async () => {
    const { env, writer, requests, lines, errors, stop } = setUp();
    errors.push(...Array.from({ length: 10 }, () => new Error('reset')));
    writer.event(app, 'Normal', 'R', 'one');
    writer.event(app, 'Normal', 'R', 'two');
    await env.time.advance(60_000);
    expect(requests).toHaveLength(10);
    expect(lines.map(({ level }) => level)).toEqual(['warn']);
    await stop();
  });

  it.each([apiError(403, 'Forbidden'), new FencedError('no lease')])(
    'drops what may not be written: %s',
    async (error) => {
      const { env, writer, requests, lines, errors, stop } = setUp();
      errors.push(error);
      writer.event(app, 'Normal', 'R', 'm');
      await env.time.advance(60_000);
      expect(requests).toHaveLength(1);
      expect(lines).toHaveLength(1);
      await stop();
    },
  );

  it('never blocks: a full queue drops events and says so once', async () => {
    const { writer, requests, lines, stop } = setUp({ maxQueued: 3 });
    for (let i = 0; i < 10; i += 1) writer.event(app, 'Normal', 'R', `m${i}`);
    await stop();
    expect(requests).toHaveLength(3);
    expect(lines).toHaveLength(1);
  });
});

describe('the event correlator', () => {
  const occurrence = (message: string, more: Partial<Occurrence> = {}): Occurrence => ({
    about: { apiVersion: 'v1', kind: 'App', name: 'a', namespace: 'n', uid: 'u' },
    type: 'Normal',
    reason: 'R',
    message,
    atMs: 0,
    ...more,
  });

  it('gives equal occurrences one key, and others another', () => {
    const correlator = new EventCorrelator();
    const keyOf = (of: Occurrence): string => {
      const result = correlator.correlate(of);
      return result.type === 'write' ? result.key : '';
    };
    expect(keyOf(occurrence('m'))).toBe(keyOf(occurrence('m', { atMs: 9 })));
    const keys = [
      occurrence('m'),
      occurrence('x'),
      occurrence('m', { type: 'Warning' }),
      occurrence('m', { reason: 'S' }),
    ];
    expect(new Set(keys.map(keyOf)).size).toBe(4);
  });

  it('combines what differs in its message only, after ten messages', () => {
    const correlator = new EventCorrelator();
    const results = Array.from({ length: 14 }, (_, i) => correlator.correlate(occurrence(`message ${i}`)));
    const keys = results.map((result) => (result.type === 'write' ? result.key : 'dropped'));
    expect(new Set(keys).size).toBe(11);
    expect(new Set(keys.slice(10)).size).toBe(1);
    expect(results[12]).toMatchObject({ occurrence: { message: '(combined from similar events): message 12' } });
  });

  it('starts to count messages anew after a quiet time', () => {
    const correlator = new EventCorrelator();
    for (let i = 0; i < 12; i += 1) correlator.correlate(occurrence(`message ${i}`));
    expect(correlator.correlate(occurrence('later', { atMs: 700_000 }))).toMatchObject({
      occurrence: { message: 'later' },
    });
  });

  it('lets 25 events about one object through, then one every five minutes, and others unhindered', () => {
    const correlator = new EventCorrelator();
    const results = Array.from({ length: 30 }, () => correlator.correlate(occurrence('m')).type);
    expect(results.filter((type) => type === 'write')).toHaveLength(25);
    expect(correlator.correlate(occurrence('m', { atMs: 299_000 })).type).toBe('drop');
    expect(correlator.correlate(occurrence('m', { atMs: 301_000 })).type).toBe('write');
    const other = { apiVersion: 'v1', kind: 'App', name: 'b', namespace: 'n', uid: 'v' };
    expect(correlator.correlate(occurrence('m', { about: other })).type).toBe('write');
  });

  it('forgets the oldest objects instead of growing', () => {
    const correlator = new EventCorrelator({ capacity: 2, burst: 1 });
    const about = (name: string): Occurrence => occurrence('m', { about: { apiVersion: 'v1', kind: 'App', name } });
    expect(['a', 'b', 'c', 'c', 'a'].map((name) => correlator.correlate(about(name)).type)).toEqual([
      'write',
      'write',
      'write',
      'drop',
      'write',
    ]);
  });
});

describe('the text of an event', () => {
  it.each([
    ['a\u0000b\nc\u2028d\u001b[31m', 'a b c d [31m'],
    ['  plain  ', 'plain'],
  ])('of %j has no control characters', (text, expected) => {
    expect(boundedMessage(text)).toBe(expected);
  });

  it('is at most 1 KiB, cut at a character', () => {
    const cut = boundedMessage('\u{1F600}'.repeat(500));
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1024);
    expect(cut).toMatch(/^(\u{1F600})+\.\.\.$/u);
    expect(boundedMessage('x'.repeat(1024))).toHaveLength(1024);
  });

  it('has a reason of one word', () => {
    expect([boundedReason('Weight shifted!'), boundedReason('\n')]).toEqual(['Weightshifted', 'Unknown']);
  });
});
