import { virtualEnv } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import { SyncLoop } from './sync-loop.ts';

function loopOf(sync: (key: string, atMs: number) => number | undefined) {
  const env = virtualEnv();
  const loop = new SyncLoop({
    env,
    name: 'test',
    latencyMs: 10,
    sync: (key) => sync(key, env.clock.monotonic()),
  });
  return { env, loop };
}

describe('a sync loop', () => {
  it('makes one sync of several events', async () => {
    const synced: string[] = [];
    const { env, loop } = loopOf((key, at) => {
      synced.push(`${key} ${at}`);
      return undefined;
    });
    loop.enqueue('a');
    loop.enqueue('a');
    loop.enqueue('b');
    await env.time.advance(100);
    expect(synced).toEqual(['a 10', 'b 10']);
    expect(env.time.pending).toBe(0);
  });

  it('takes the earlier of two times', async () => {
    const synced: number[] = [];
    const { env, loop } = loopOf((_, at) => {
      synced.push(at);
      return undefined;
    });
    loop.enqueue('a', 1000);
    loop.enqueue('a');
    loop.enqueue('a', 500);
    await env.time.advance(2000);
    expect(synced).toEqual([10]);
  });

  it('comes back when a sync asks for it', async () => {
    const synced: number[] = [];
    const { env, loop } = loopOf((_, at) => {
      synced.push(at);
      return synced.length < 3 ? 100 : undefined;
    });
    loop.enqueue('a');
    await env.time.advance(1000);
    expect(synced).toEqual([10, 110, 210]);
  });

  it('repeats a sync that throws, later and later, and goes on with other keys', async () => {
    const synced: string[] = [];
    const { env, loop } = loopOf((key, at) => {
      synced.push(`${key} ${at}`);
      if (key === 'bad' && synced.length < 5) throw new Error('refused');
      return undefined;
    });
    loop.enqueue('bad');
    loop.enqueue('good');
    await env.time.advance(10_000);
    expect(synced).toEqual(['bad 10', 'good 10', 'bad 20', 'bad 40', 'bad 80']);
    expect(env.time.pending).toBe(0);
  });

  it('does nothing after it stopped', async () => {
    const { env, loop } = loopOf(() => {
      throw new Error('must not run');
    });
    loop.enqueue('a');
    loop.stop();
    loop.enqueue('b');
    expect(env.time.pending).toBe(0);
  });
});
