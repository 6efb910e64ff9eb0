import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { virtualEnv, type VirtualEnv } from '../testing/virtual-env.ts';
import { exponentialBackoff } from './rate-limiter.ts';
import { lowPriority, WorkQueue, type QueueMetrics, type Work } from './work-queue.ts';

function setUp(metrics?: QueueMetrics): { env: VirtualEnv; queue: WorkQueue<string> } {
  const env = virtualEnv();
  const queue = new WorkQueue<string>({ env, keyOf: (item) => item, ...(metrics === undefined ? {} : { metrics }) });
  return { env, queue };
}

/** Takes and gives back until nothing is ready. */
async function drainNow(queue: WorkQueue<string>): Promise<string[]> {
  const taken: string[] = [];
  while (queue.depth > 0) {
    const work = await queue.take();
    if (work === undefined) break;
    taken.push(work.item);
    queue.done(work.item);
  }
  return taken;
}

describe('a work queue', () => {
  it('holds a key once, however often it is added', async () => {
    const { queue } = setUp();
    for (let i = 0; i < 100; i += 1) queue.add('a');
    queue.add('b');
    expect(queue.depth).toBe(2);
    expect(await drainNow(queue)).toEqual(['a', 'b']);
  });

  it('hands a key that was added while a worker has it out again, but only after that worker is done', async () => {
    const { env, queue } = setUp();
    queue.add('a');
    await queue.take();
    const second = queue.take();
    let isTaken = false;
    void second.then(() => (isTaken = true));
    queue.add('a');
    queue.add('a');
    await env.time.settle();
    expect(isTaken).toBe(false);
    queue.done('a');
    expect((await second)?.item).toBe('a');
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  it('lets other workers go on while one key is worked on for ever', async () => {
    const { queue } = setUp();
    queue.add('stuck');
    await queue.take();
    queue.add('stuck');
    queue.add('b');
    expect((await queue.take())?.item).toBe('b');
  });

  it('goes by priority, and inside one by the order in which keys became known', async () => {
    const { queue } = setUp();
    queue.add('listed1', { priority: lowPriority });
    queue.add('listed2', { priority: lowPriority });
    queue.add('live1');
    queue.add('live2');
    queue.add('listed2');
    expect(await drainNow(queue)).toEqual(['listed2', 'live1', 'live2', 'listed1']);
  });

  it('never lowers the priority of a key that is there', async () => {
    const { queue } = setUp();
    queue.add('a', { priority: 5 });
    queue.add('b', { priority: 3 });
    queue.add('a', { priority: lowPriority });
    expect(await drainNow(queue)).toEqual(['a', 'b']);
  });

  it('keeps the earliest of several delays', async () => {
    const { env, queue } = setUp();
    queue.add('a', { afterMs: 1000 });
    queue.add('a', { afterMs: 200 });
    queue.add('a', { afterMs: 500 });
    const work = queue.take();
    let atMs: number | undefined;
    void work.then(() => (atMs = env.clock.monotonic()));
    await env.time.advance(2000);
    expect(atMs).toBe(200);
  });

  it('hands a delayed key out at once when it is added without delay', async () => {
    const { env, queue } = setUp();
    queue.add('a', { afterMs: 60_000 });
    queue.add('a');
    expect((await queue.take())?.item).toBe('a');
    expect(env.time.pending).toBe(0);
  });

  it('does not hand out a delayed key that becomes due while a worker has it', async () => {
    const { env, queue } = setUp();
    queue.add('a');
    await queue.take();
    queue.add('a', { afterMs: 10 });
    await env.time.advance(50);
    expect(queue.depth).toBe(1);
    queue.done('a');
    expect(await drainNow(queue)).toEqual(['a']);
  });

  it('backs off per key from 5 ms to 1000 s, and starts over when the key is forgotten', () => {
    const limiter = exponentialBackoff();
    const delays = Array.from({ length: 20 }, () => limiter.nextDelayMs('a'));
    expect(delays.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    expect(delays.at(-1)).toBe(1_000_000);
    expect(limiter.nextDelayMs('b')).toBe(5);
    limiter.forget('a');
    expect(limiter.failures('a')).toBe(0);
    expect(limiter.nextDelayMs('a')).toBe(5);
  });

  it('delays rate-limited adds by their failures', async () => {
    const { env, queue } = setUp();
    const times: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      queue.add('a', { rateLimited: true });
      const work = queue.take();
      await env.time.until(() => queue.depth === 0 && [...queue.startTimesMs].length === 1);
      times.push(env.clock.monotonic());
      queue.done((await work)?.item ?? '');
    }
    expect(times).toEqual([5, 15, 35, 75]);
    expect(queue.failures('a')).toBe(4);
  });

  it('remembers why a key was queued, a few reasons at most', async () => {
    const { queue } = setUp();
    for (const reason of ['one', 'two', 'one', 'three', 'four', 'five']) queue.add('a', { reason });
    expect((await queue.take())?.reasons).toEqual(['one', 'two', 'three', 'four']);
  });

  it('tells its metrics how long keys waited and were worked on', async () => {
    const told: [string, number?][] = [];
    const { env, queue } = setUp({
      added: () => told.push(['added']),
      retried: () => told.push(['retried']),
      started: (ms) => told.push(['started', ms]),
      finished: (ms) => told.push(['finished', ms]),
    });
    queue.add('a', { rateLimited: true });
    queue.add('a');
    await env.time.advance(30);
    await queue.take();
    await env.time.advance(70);
    queue.done('a');
    expect(told).toEqual([['retried'], ['added'], ['started', 30], ['finished', 70]]);
  });
});

describe('shutting a work queue down', () => {
  it('wakes waiting workers with nothing, drops what is queued, and waits for what is worked on', async () => {
    const { env, queue } = setUp();
    queue.add('a');
    await queue.take();
    queue.add('b');
    queue.add('later', { afterMs: 1000 });
    let isDown = false;
    void queue.shutDown().then(() => (isDown = true));
    expect(await queue.take()).toBeUndefined();
    queue.add('c');
    await env.time.settle();
    expect(isDown).toBe(false);
    queue.done('a');
    await env.time.settle();
    expect(isDown).toBe(true);
    expect(env.time.pending).toBe(0);
  });

  it('with drain still hands out what is ready', async () => {
    const { env, queue } = setUp();
    queue.add('a');
    queue.add('b');
    queue.add('later', { afterMs: 1000 });
    let isDown = false;
    void queue.shutDown({ drain: true }).then(() => (isDown = true));
    expect(await drainNow(queue)).toEqual(['a', 'b']);
    await env.time.settle();
    expect(isDown).toBe(true);
    expect(await queue.take()).toBeUndefined();
  });

  it('resolves at once when nothing is in it', async () => {
    const { queue } = setUp();
    const waiting = queue.take();
    await queue.shutDown({ drain: true });
    expect(await waiting).toBeUndefined();
  });
});

describe('whatever happens to a work queue', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const operation = fc.oneof(
    fc.record({
      kind: fc.constant('add' as const),
      key,
      afterMs: fc.nat(50),
      priority: fc.integer({ min: -2, max: 2 }),
    }),
    fc.record({ kind: fc.constant('fail' as const), key }),
    fc.record({ kind: fc.constant('take' as const) }),
    fc.record({ kind: fc.constant('done' as const), index: fc.nat(4) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40) }),
  );

  it('no key is with two workers, and every add is followed by a hand-out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
        const { env, queue } = setUp();
        const held: string[] = [];
        const owed = new Set<string>();
        const receive = (work: Work<string> | undefined): void => {
          if (work === undefined) return;
          expect(held).not.toContain(work.item);
          held.push(work.item);
          owed.delete(work.item);
        };
        for (const step of operations) {
          if (step.kind === 'add') queue.add(step.key, step);
          if (step.kind === 'fail') queue.add(step.key, { rateLimited: true });
          if (step.kind === 'add' || step.kind === 'fail') owed.add(step.key);
          if (step.kind === 'take') void queue.take().then(receive);
          if (step.kind === 'done') held.splice(step.index, 1).forEach((item) => queue.done(item));
          if (step.kind === 'wait') await env.time.advance(step.ms);
          await env.time.settle();
        }
        for (const item of held.splice(0)) queue.done(item);
        for (let round = 0; round < 12; round += 1) {
          void queue.take().then(receive);
          await env.time.advance(2_000_000);
          for (const item of held.splice(0)) queue.done(item);
        }
        expect([...owed]).toEqual([]);
        expect(queue.depth).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
