import { describe, expect, it } from 'vitest';

import { sleep } from '../env/timers.ts';
import { VirtualTime } from './virtual-time.ts';

describe('virtual time', () => {
  it('fires timers in the order of their time, each at its own time', async () => {
    const time = new VirtualTime(0);
    const fired: number[] = [];
    time.schedule(20, () => fired.push(time.now()));
    time.schedule(10, () => fired.push(time.now()));
    await time.advance(25);
    expect(fired).toEqual([10, 20]);
    expect(time.now()).toBe(25);
  });

  it('lets a chain of awaits finish before the next timer', async () => {
    const time = new VirtualTime(0);
    const trace: string[] = [];
    const work = async (): Promise<void> => {
      await sleep(time, 10);
      for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
      trace.push(`worked until ${time.now()}`);
    };
    const done = work();
    time.schedule(11, () => trace.push('next timer'));
    await time.advance(20);
    await done;
    expect(trace).toEqual(['worked until 10', 'next timer']);
  });

  it('says so when nothing is left that could make a condition hold', async () => {
    const time = new VirtualTime(0);
    await expect(time.until(() => false)).rejects.toThrow('no timer is left');
  });
});
