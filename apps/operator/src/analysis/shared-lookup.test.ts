import { describe, expect, it } from 'vitest';

import { virtualEnv } from '@canaryop/reconcile/testing';

import { sharedLookup } from './shared-lookup.ts';

describe('a shared lookup', () => {
  it('asks once for everybody within five seconds, and again afterwards', async () => {
    const env = virtualEnv();
    const asked: string[] = [];
    const resolve = sharedLookup((host) => {
      asked.push(host);
      return Promise.resolve(['10.0.0.1']);
    }, env);
    await Promise.all([resolve('a'), resolve('a'), resolve('b')]);
    await env.time.advance(4_999);
    expect(await resolve('a')).toEqual(['10.0.0.1']);
    expect(asked).toEqual(['a', 'b']);
    await env.time.advance(1);
    await resolve('a');
    expect(asked).toEqual(['a', 'b', 'a']);
    expect(env.time.pending).toBe(0);
  });

  it('gives up on a silent name server after two seconds', async () => {
    const env = virtualEnv();
    const resolve = sharedLookup(() => new Promise(() => undefined), env);
    const answer = resolve('a').catch((error: unknown) => String(error));
    await env.time.advance(2_000);
    expect(await answer).toContain('within 2000 ms');
  });
});
