import { describe, expect, it } from 'vitest';

import { ScriptedStream, ScriptedTransport } from '../testing/scripted-transport.ts';
import { virtualEnv } from '../testing/virtual-env.ts';
import { noCredentials } from '../client/cluster-connection.ts';
import { resourceKind } from '../object/resource-kind.ts';
import { createCache } from './informer-cache.ts';

describe('forty informers of one cache', () => {
  /** Starts them, and breaks every watch after a minute. Returns when each came back, in ms after the first of them. */
  async function comeBackAfter(breakWatch: (stream: ScriptedStream) => void): Promise<readonly number[]> {
    const env = virtualEnv();
    const sentAtMs: number[] = [];
    const cameBackAtMs = new Map<string, number>();
    const streams: ScriptedStream[] = [];
    const transport = new ScriptedTransport((request) => {
      const nowMs = env.clock.monotonic();
      sentAtMs.push(nowMs);
      if (nowMs > 0 && !cameBackAtMs.has(request.path)) cameBackAtMs.set(request.path, nowMs);
      if (request.query['watch'] !== 'true') return { json: { metadata: { resourceVersion: '1' }, items: [] } };
      const stream = new ScriptedStream();
      streams.push(stream);
      return { stream };
    });
    const connection = { server: 'http://api', transport, credentials: noCredentials };
    const cache = createCache({ env, connection, fieldManager: 'tester', streamingLists: false });
    for (let count = 0; count < 40; count += 1)
      cache.informer(resourceKind({ group: 'demo.io', version: 'v1', kind: 'K', plural: `k${count}` }));
    const stop = new AbortController();
    const ended = cache.start(stop.signal);
    await env.time.settle();
    expect(sentAtMs).toEqual(Array.from({ length: 80 }, () => 0));
    await env.time.advance(60_000);
    for (const stream of streams.slice(0, 40)) breakWatch(stream);
    await env.time.advance(10_000);
    stop.abort();
    await ended;
    const [first = 0, ...others] = [...cameBackAtMs.values()].sort((a, b) => a - b);
    return [0, ...others.map((at) => at - first)];
  }

  it.each([
    ['breaks', (stream: ScriptedStream): void => stream.fail(new Error('reset'))],
    ['ends, as when a server shuts down in order,', (stream: ScriptedStream): void => stream.end()],
    [
      'has expired',
      (stream: ScriptedStream): void =>
        stream.send({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }),
    ],
  ])('start at once, but when every watch %s, come back ten a second after the first ten', async (_, how) => {
    const afterMs = await comeBackAfter(how);
    expect(afterMs).toHaveLength(40);
    expect(afterMs.filter((ms) => ms < 1000).length).toBeLessThanOrEqual(20);
    expect(afterMs.filter((ms) => ms < 2000).length).toBeLessThanOrEqual(30);
    expect(afterMs.at(-1)).toBeLessThan(4500);
  });
});
