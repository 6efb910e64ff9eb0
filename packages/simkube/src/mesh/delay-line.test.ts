import { virtualEnv } from '@canaryop/reconcile/testing';
import { describe, expect, it } from 'vitest';

import { DelayLine } from './delay-line.ts';

describe('a delay line', () => {
  it('applies each change its delay later, in order, with one timer', async () => {
    const env = virtualEnv();
    const line = new DelayLine(env, 200);
    const applied: string[] = [];
    const push = (name: string): void => line.push(() => applied.push(`${name} ${env.clock.monotonic()}`));
    push('a');
    await env.time.advance(50);
    push('b');
    push('c');
    expect(env.time.pending).toBe(1);
    await env.time.advance(1000);
    expect(applied).toEqual(['a 200', 'b 250', 'c 250']);
    expect(env.time.pending).toBe(0);
  });

  it('takes a change that another change makes', async () => {
    const env = virtualEnv();
    const line = new DelayLine(env, 10);
    const applied: number[] = [];
    line.push(() => line.push(() => applied.push(env.clock.monotonic())));
    await env.time.advance(100);
    expect(applied).toEqual([20]);
  });

  it('drops what waits when it stops', async () => {
    const env = virtualEnv();
    const line = new DelayLine(env, 10);
    line.push(() => {
      throw new Error('must not run');
    });
    line.stop();
    line.push(() => undefined);
    expect(env.time.pending).toBe(0);
  });
});
