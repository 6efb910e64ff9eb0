import { describe, expect, it } from 'vitest';

import { unused, unusedServices } from '../../test/unused-services.ts';
import { ApiError } from '../client/api-error.ts';
import { lowPriority } from '../queue/work-queue.ts';
import { recordingLogger, type LoggedLine } from '../testing/recording-logger.ts';
import { virtualEnv, type VirtualEnv } from '../testing/virtual-env.ts';
import { channelSource, type ChannelSource } from '../watch/source.ts';
import { Controller, type ControllerOptions, type ControllerState, type ReconcileOutcome } from './controller.ts';
import type { Reconciler } from './reconciler.ts';
import { TerminalError } from './terminal-error.ts';

interface Running {
  readonly env: VirtualEnv;
  readonly channel: ChannelSource;
  readonly outcomes: ReconcileOutcome[];
  readonly lines: readonly LoggedLine[];
  readonly state: () => ControllerState;
  readonly stop: () => void;
  readonly ended: Promise<void>;
}

async function run(reconcile: Reconciler, options: Partial<ControllerOptions> = {}): Promise<Running> {
  const { log, lines } = recordingLogger();
  const env = virtualEnv({ log });
  const channel = channelSource('test');
  const outcomes: ReconcileOutcome[] = [];
  const noop = (): void => undefined;
  let state: ControllerState | undefined;
  const controller = new Controller({
    name: 'website',
    env,
    sources: [channel],
    services: unusedServices,
    reconcile,
    metrics: {
      queue: { added: noop, retried: noop, started: noop, finished: noop },
      observe: (observed) => (state = observed),
      reconciled: (outcome) => outcomes.push(outcome),
      wroteAtRest: unused,
    },
    ...options,
  });
  const abort = new AbortController();
  const ended = controller.start(abort.signal);
  await env.time.settle();
  return {
    env,
    channel,
    outcomes,
    lines,
    state: () => state ?? unused(),
    stop: () => {
      abort.abort();
    },
    ended,
  };
}

const never = (): Promise<never> => new Promise(() => undefined);

describe('a controller', () => {
  it('reconciles a key once more for all changes that come meanwhile, and knows why', async () => {
    const seen: unknown[] = [];
    const { env, channel } = await run((request, { reasons }) => {
      seen.push([request, reasons]);
      return Promise.resolve();
    });
    const key = { namespace: 'n', name: 'a' };
    for (const reason of ['one', 'two', 'three']) channel.send(key, { reason });
    await env.time.settle();
    expect(seen).toEqual([
      [key, ['one']],
      [key, ['two', 'three']],
    ]);
  });

  it('retries what throws with growing delays, and starts over after a success', async () => {
    const times: number[] = [];
    const { env, channel, outcomes } = await run(() => {
      times.push(env.clock.monotonic());
      return times.length <= 4 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    });
    channel.send({ name: 'a' });
    await env.time.advance(10_000);
    expect(times).toEqual([0, 5, 15, 35, 75]);
    expect(outcomes).toEqual(['error', 'error', 'error', 'error', 'success']);
    channel.send({ name: 'a' });
    await env.time.settle();
    expect(times).toHaveLength(6);
  });

  it('survives a reconciler that throws synchronously', async () => {
    const { env, channel, outcomes } = await run(() => {
      throw new Error('at once');
    });
    channel.send({ name: 'a' });
    await env.time.advance(6);
    expect(outcomes).toEqual(['error', 'error']);
  });

  it('retries what the first list brought behind live changes', async () => {
    const order: string[] = [];
    let release = (): void => undefined;
    const { env, channel } = await run(async ({ name }) => {
      order.push(name);
      if (name === 'held') await new Promise<void>((resolve) => (release = resolve));
      if (name === 'listed' && order.length < 3) throw new Error('not yet');
    });
    channel.send({ name: 'listed' }, { priority: lowPriority });
    await env.time.settle();
    channel.send({ name: 'held' });
    await env.time.advance(100);
    channel.send({ name: 'live' });
    release();
    await env.time.settle();
    expect(order).toEqual(['listed', 'held', 'live', 'listed']);
  });

  it('does not retry a terminal error until something changes', async () => {
    let count = 0;
    const { env, channel, outcomes, lines } = await run(() => {
      count += 1;
      return Promise.reject(new TerminalError('the image is not a reference'));
    });
    channel.send({ name: 'a' });
    await env.time.advance(10_000_000);
    expect(count).toBe(1);
    expect(outcomes).toEqual(['terminal_error']);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    channel.send({ name: 'a' });
    await env.time.settle();
    expect(count).toBe(2);
  });

  it('comes back after requeueAfterMs and forgets former failures', async () => {
    const times: number[] = [];
    const failures: number[] = [];
    const { env, channel, outcomes } = await run((_request, context) => {
      times.push(env.clock.monotonic());
      failures.push(context.failures);
      return times.length === 1 ? Promise.reject(new Error('once')) : Promise.resolve({ requeueAfterMs: 1000 });
    });
    channel.send({ name: 'a' });
    await env.time.advance(2500);
    expect(times).toEqual([0, 5, 1005, 2005]);
    expect(failures).toEqual([0, 1, 0, 0]);
    expect(outcomes.slice(1)).toEqual(['requeue_after', 'requeue_after', 'requeue_after']);
  });

  it.each([Number.NaN, -1])('treats requeueAfterMs %s as a bug: an error, not a hot loop', async (requeueAfterMs) => {
    const { env, channel, outcomes } = await run(() => Promise.resolve({ requeueAfterMs }));
    channel.send({ name: 'a' });
    await env.time.settle();
    expect(outcomes).toEqual(['error']);
  });

  it('has one worker for a key and N for all', async () => {
    const inWork: string[] = [];
    let most = 0;
    const releases: (() => void)[] = [];
    const { env, channel, state } = await run(
      async ({ name }) => {
        expect(inWork).not.toContain(name);
        inWork.push(name);
        most = Math.max(most, inWork.length);
        await new Promise<void>((resolve) => releases.push(resolve));
        inWork.splice(inWork.indexOf(name), 1);
      },
      { workers: 3 },
    );
    for (let round = 0; round < 4; round += 1) {
      for (const name of ['a', 'b', 'c', 'd', 'e']) channel.send({ name });
      await env.time.settle();
      expect(state().activeWorkers).toBe(3);
      releases.shift()?.();
      await env.time.settle();
    }
    expect(most).toBe(3);
  });

  it('lets other keys go on when a reconcile never settles, and keeps that key to it', async () => {
    const started: string[] = [];
    let isAborted = false;
    const { env, channel, outcomes, state } = await run(
      ({ name }, { signal }) => {
        started.push(name);
        signal.addEventListener('abort', () => (isAborted = true));
        return name === 'stuck' ? never() : Promise.resolve();
      },
      { reconcileTimeoutMs: 1000 },
    );
    channel.send({ name: 'stuck' });
    channel.send({ name: 'b' });
    await env.time.advance(999);
    expect([started, isAborted]).toEqual([['stuck'], false]);
    await env.time.advance(2);
    expect([started, isAborted]).toEqual([['stuck', 'b'], true]);
    channel.send({ name: 'stuck' });
    await env.time.advance(10_000);
    expect(started).toEqual(['stuck', 'b']);
    expect(outcomes).toEqual(['timeout', 'success']);
    expect(state().unfinishedMs).toHaveLength(1);
    expect(state().queueDepth).toBe(1);
  });

  it('logs a conflict as information, another failure as an error, each with a unique reconcileID', async () => {
    const conflict = new ApiError({ status: 409, reason: 'Conflict', detail: 'd', request: 'r', action: 'a' });
    const { env, channel, lines } = await run(({ name }) =>
      Promise.reject(name === 'conflict' ? conflict : new Error('boom')),
    );
    channel.send({ name: 'conflict' });
    await env.time.settle();
    channel.send({ namespace: 'n', name: 'other' });
    await env.time.settle();
    const failed = lines.filter(({ message }) => message.includes('retried'));
    expect(failed.map(({ level }) => level)).toEqual(['info', 'error']);
    expect(failed[1]?.fields).toMatchObject({ controller: 'website', namespace: 'n', name: 'other' });
    expect(new Set(failed.map(({ fields }) => fields['reconcileID'])).size).toBe(2);
  });

  it('waits for its sources, and rejects naming the one that does not sync', async () => {
    const late = { ...channelSource('Secret'), hasSynced: false };
    const seen: string[] = [];
    const controller = await run(
      ({ name }) => {
        seen.push(name);
        return Promise.resolve();
      },
      { sources: [late], syncTimeoutMs: 1000 },
    );
    late.send({ name: 'a' });
    const rejected = expect(controller.ended).rejects.toThrow(
      'controller website: no first list of Secret within 1000 ms',
    );
    await controller.env.time.advance(1100);
    await rejected;
    expect(seen).toEqual([]);
  });

  it('on stop aborts what is in work, waits for it, and starts nothing more', async () => {
    const trace: string[] = [];
    const { env, channel, stop, ended } = await run(async ({ name }, { signal }) => {
      trace.push(`start ${name}`);
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => env.timers.schedule(50, resolve));
      });
      trace.push(`end ${name}`);
    });
    let isEnded = false;
    void ended.then(() => (isEnded = true));
    channel.send({ name: 'a' });
    channel.send({ name: 'b' });
    await env.time.settle();
    stop();
    await env.time.advance(49);
    expect(isEnded).toBe(false);
    await env.time.advance(1);
    expect(isEnded).toBe(true);
    expect(trace).toEqual(['start a', 'end a']);
    expect(env.time.pending).toBe(0);
  });

  it('gets 500 keys that become ready at once through in one go', async () => {
    const { env, channel, outcomes } = await run(() => Promise.resolve(), { workers: 4 });
    for (let i = 0; i < 500; i += 1) channel.send({ name: `app-${i}` });
    await env.time.settle();
    expect(outcomes).toHaveLength(500);
    expect(env.clock.monotonic()).toBe(0);
  });

  it('refuses a number of workers that is none', async () => {
    await expect(run(() => Promise.resolve(), { workers: 0 })).rejects.toThrow('workers must be a whole number');
  });
});
