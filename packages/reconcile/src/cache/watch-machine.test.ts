import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isOlder } from '../object/resource-version.ts';
import {
  initialWatchState,
  watchStep,
  type WatchDecision,
  type WatchInput,
  type WatchMoment,
  type WatchState,
} from './watch-machine.ts';

const at = (monotonicMs = 0, jitter = 0.5): WatchMoment => ({ monotonicMs, jitter });
const page = (resourceVersion: string, continueToken?: string): WatchInput => ({
  type: 'page',
  resourceVersion,
  continueToken,
});
const failed = (
  options: { expired?: boolean; invalid?: boolean; retryAfterMs?: number; silent?: boolean } = {},
): WatchInput => ({
  type: 'failed',
  problem: { reason: 'Refused', message: 'refused' },
  invalid: options.invalid ?? false,
  expired: options.expired ?? false,
  retryAfterMs: options.retryAfterMs,
  silent: options.silent ?? false,
});

/** The state after a list at version 100, watching since time 0. */
const watching: WatchState = [{ type: 'start' } as const, page('100')].reduce<WatchState>(
  (state, input) => watchStep(state, input, at()).state,
  initialWatchState,
);

/** Follows a failure through the pause: the delay, and what is tried after it. */
function afterPause(decision: WatchDecision): { delayMs: number; next: WatchDecision['next'] } {
  if (decision.next?.type !== 'wait') throw new Error(`no pause but ${JSON.stringify(decision.next)}`);
  const { next } = watchStep(decision.state, { type: 'elapsed' }, at());
  return { delayMs: decision.next.delayMs, next };
}

describe('the watch machine', () => {
  it('lists page after page, then watches from the version of the list', () => {
    const started = watchStep(initialWatchState, { type: 'start' }, at());
    expect(started.next).toEqual({ type: 'list', continueToken: undefined, notOlderThan: undefined });
    const first = watchStep(started.state, page('100', 'more'), at());
    expect(first).toMatchObject({ act: 'keep', next: { type: 'list', continueToken: 'more' } });
    const last = watchStep(first.state, page('100'), at());
    expect(last).toMatchObject({ act: 'replace', next: { type: 'watch', resourceVersion: '100' } });
  });

  it('asks for watches of 280 to 300 seconds, spread by the jitter', () => {
    const seconds = [0, 0.5, 0.999].map((jitter) => {
      const { next } = watchStep(watching, { type: 'ended' }, { monotonicMs: 60_000, jitter });
      return next?.type === 'watch' ? next.timeoutSeconds : undefined;
    });
    expect(seconds).toEqual([280, 290, 300]);
  });

  it('starts a list over from its first page when the continue token has expired', () => {
    const listing = watchStep(watchStep(initialWatchState, { type: 'start' }, at()).state, page('100', 'more'), at());
    const expired = watchStep(listing.state, failed({ expired: true }), at());
    expect(expired.next).toEqual({ type: 'list', continueToken: undefined, notOlderThan: undefined });
    const again = watchStep(expired.state, failed({ expired: true }), at());
    expect(again.next?.type).toBe('wait');
  });

  it('goes on from the last bookmark when a stream that lived ends', () => {
    const bookmarked = watchStep(watching, { type: 'bookmark', resourceVersion: '250', endsList: false }, at(59_000));
    expect(bookmarked.act).toBe('deliver');
    const ended = watchStep(bookmarked.state, { type: 'ended' }, at(290_000));
    expect(ended.next).toMatchObject({ type: 'watch', resourceVersion: '250' });
  });

  it('lists again, and at once, when its version is gone', () => {
    const { next, state } = watchStep(watching, failed({ expired: true }), at(290_000));
    expect(next?.type).toBe('list');
    expect(state.problem?.message).toBe('refused');
  });

  it('backs off from 0.8 s to 30 s while failures follow each other, and never gives up', () => {
    let state = watching;
    const delays: number[] = [];
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const decision = watchStep(state, failed(), at(attempt));
      const { delayMs, next } = afterPause(decision);
      delays.push(delayMs);
      expect(next).toMatchObject({ type: 'watch', resourceVersion: '100' });
      state = watchStep(decision.state, { type: 'elapsed' }, at(attempt)).state;
    }
    expect(delays.slice(0, 8)).toEqual([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
    expect(delays.at(-1)).toBe(30_000);
  });

  it('takes the shortest pause again only after a stream has lived half a minute', () => {
    const failures = { ...watching, failures: 5 };
    expect(afterPause(watchStep(failures, failed(), at(29_999))).delayMs).toBe(25_600);
    expect(afterPause(watchStep(failures, failed(), at(30_000))).delayMs).toBe(800);
  });

  it('treats a watch that the server ends at once as a failure, so that it does not reconnect in a storm', () => {
    expect(afterPause(watchStep(watching, { type: 'ended' }, at(10))).delayMs).toBe(800);
  });

  it('stays away for as long as Retry-After says', () => {
    expect(afterPause(watchStep(watching, failed({ retryAfterMs: 90_000 }), at(10))).delayMs).toBe(90_000);
  });

  it('refuses a list that is older than what was seen, and asks for one that is not', () => {
    const relisting = watchStep(watching, failed({ expired: true }), at(290_000));
    const stale = watchStep(relisting.state, page('99'), at());
    expect(stale.act).toBeUndefined();
    expect(stale.state.problem?.message).toContain('older state (99) than was seen (100)');
    expect(afterPause(stale).next).toEqual({ type: 'list', continueToken: undefined, notOlderThan: '100' });
  });

  it('refuses an event that is older than what was seen, and watches again from there', () => {
    const stale = watchStep(watching, { type: 'event', resourceVersion: '99' }, at());
    expect(stale.act).toBeUndefined();
    expect(afterPause(stale).next).toMatchObject({ type: 'watch', resourceVersion: '100' });
  });

  describe('while the server says only what is older than what was seen', () => {
    const olderBookmark: WatchInput = { type: 'bookmark', resourceVersion: '50', endsList: false };
    const tooLarge: WatchInput = { ...failed(), problem: { reason: 'Stale', message: 'too large' } } as WatchInput;

    it.each([
      ['bookmarks', olderBookmark],
      ['events', { type: 'event', resourceVersion: '50' } as const],
      ['refusals because it has not come as far', tooLarge],
    ])('%s are refused for five minutes, then a list is taken as it is', (_, input) => {
      const first = watchStep(watching, input, at(1000));
      expect(first.state).toMatchObject({ seen: '100', problem: { reason: 'Stale' } });
      const opened = watchStep(first.state, { type: 'opened' }, at(2000));
      expect(opened.state.problem?.reason).toBe('Stale');
      expect(watchStep(opened.state, input, at(300_999)).act).toBeUndefined();
      const restarted = watchStep(opened.state, input, at(301_000));
      expect(restarted).toMatchObject({ act: 'restart', next: { type: 'list', notOlderThan: undefined } });
      const listed = watchStep(restarted.state, page('60'), at(301_001));
      expect(listed).toMatchObject({ act: 'replace', next: { type: 'watch', resourceVersion: '60' } });
      expect(listed.state.problem).toBeUndefined();
    });

    it('one newer answer shows that it only lagged behind', () => {
      const stale = watchStep(watching, olderBookmark, at(0)).state;
      const caughtUp = watchStep(stale, { type: 'bookmark', resourceVersion: '100', endsList: false }, at(100_000));
      expect(caughtUp.state.problem).toBeUndefined();
      expect(watchStep(caughtUp.state, olderBookmark, at(300_000)).act).toBeUndefined();
    });
  });

  it('lists after two watches in a row that brought nothing, not even a bookmark', () => {
    const once = watchStep(watching, failed({ silent: true }), at(75_000));
    const again = watchStep(once.state, { type: 'elapsed' }, at(76_000));
    expect(again.next).toMatchObject({ type: 'watch', resourceVersion: '100' });
    expect(afterPause(watchStep(again.state, failed({ silent: true }), at(151_000))).next?.type).toBe('list');
    const bookmarked = watchStep(
      again.state,
      { type: 'bookmark', resourceVersion: '100', endsList: false },
      at(80_000),
    );
    expect(afterPause(watchStep(bookmarked.state, failed({ silent: true }), at(155_000))).next?.type).toBe('watch');
  });

  it('compares versions as numbers, not as text', () => {
    const nine = { ...watching, seen: '999', resumeFrom: '999' };
    expect(watchStep(nine, { type: 'event', resourceVersion: '1000' }, at()).act).toBe('deliver');
  });

  it('passes over an event that it has seen already', () => {
    const { act, next, state } = watchStep(watching, { type: 'event', resourceVersion: '100' }, at());
    expect({ act, next, state }).toEqual({ act: undefined, next: undefined, state: watching });
  });

  it('lists after a line that it cannot read, since only a list can tell what was lost', () => {
    const decision = watchStep(watching, { type: 'undecodable', message: 'a line is not a watch event' }, at());
    expect(afterPause(decision).next?.type).toBe('list');
  });

  it('says what is wrong until a watch is open again', () => {
    const broken = watchStep(watching, failed(), at()).state;
    expect(broken.problem?.message).toBe('refused');
    const trying = watchStep(broken, { type: 'elapsed' }, at()).state;
    expect(trying.problem?.message).toBe('refused');
    expect(watchStep(trying, { type: 'opened' }, at()).state.problem).toBeUndefined();
  });

  it('does nothing after a stop', () => {
    const { state, next } = watchStep(watching, { type: 'stop' }, at());
    expect(next).toEqual({ type: 'stop' });
    expect(watchStep(state, failed(), at())).toEqual({ state });
    expect(watchStep(state, { type: 'elapsed' }, at())).toEqual({ state });
  });
});

const version = fc.integer({ min: 1, max: 2000 }).map(String);
const anyInput: fc.Arbitrary<WatchInput> = fc.oneof(
  fc.constantFrom<WatchInput>({ type: 'elapsed' }, { type: 'opened' }, { type: 'ended' }),
  fc.record({
    type: fc.constant('page' as const),
    resourceVersion: version,
    continueToken: fc.option(fc.constant('c'), { nil: undefined }),
  }),
  fc.record({
    type: fc.constantFrom('event' as const, 'bookmark' as const),
    resourceVersion: version,
    endsList: fc.boolean(),
  }),
  fc.record({ type: fc.constant('undecodable' as const), message: fc.constant('?') }),
  fc.record({
    type: fc.constant('failed' as const),
    problem: fc.constant({ reason: 'Refused' as const, message: '!' }),
    expired: fc.boolean(),
    invalid: fc.boolean(),
    retryAfterMs: fc.option(fc.constant(1000), { nil: undefined }),
    silent: fc.boolean(),
  }),
);

describe('a streaming list', () => {
  const streaming = watchStep({ ...initialWatchState, streams: true }, { type: 'start' }, at());
  const endOfList = (resourceVersion: string): WatchInput => ({ type: 'bookmark', resourceVersion, endsList: true });

  it('is the first part of the watch: objects are kept in any order until its bookmark, then all are there at once', () => {
    expect(streaming.next).toMatchObject({ type: 'watch', resourceVersion: '', listsFirst: true });
    let { state } = streaming;
    for (const resourceVersion of ['90', '20', '70']) {
      const kept = watchStep(state, { type: 'event', resourceVersion }, at());
      expect(kept.act).toBe('keep');
      state = kept.state;
    }
    expect(watchStep(state, { type: 'bookmark', resourceVersion: '95', endsList: false }, at())).toEqual({ state });
    const listed = watchStep(state, endOfList('100'), at());
    expect(listed).toMatchObject({ act: 'replace', state: { phase: 'watching', seen: '100' } });
    expect(listed.next).toBeUndefined();
    expect(watchStep(listed.state, { type: 'event', resourceVersion: '101' }, at()).act).toBe('deliver');
  });

  it('gives way to pages at once where the server does not understand it', () => {
    const refused = watchStep(streaming.state, failed({ invalid: true }), at());
    expect(refused.next?.type).toBe('list');
  });

  it('gives way to pages after a pause where the server leaves it unfinished', () => {
    expect(afterPause(watchStep(streaming.state, { type: 'ended' }, at(300_000))).next?.type).toBe('list');
    expect(afterPause(watchStep(streaming.state, failed(), at(75_000))).next?.type).toBe('list');
  });

  it('asks for nothing older than what was seen, and refuses it if it comes', () => {
    const again = watchStep({ ...watching, streams: true }, failed({ expired: true }), at(290_000));
    expect(again.next).toMatchObject({ listsFirst: true, resourceVersion: '100' });
    const stale = watchStep(again.state, endOfList('99'), at());
    expect(stale.state.problem?.message).toContain('older state (99)');
    expect(stale.act).toBeUndefined();
  });
});

describe('whatever happens to the watch machine', () => {
  it('it has something to do next, never goes back in time, and pauses between 0.4 s and 45 s', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyInput, fc.nat(40_000), fc.double({ min: 0, max: 0.999, noNaN: true }))),
        fc.boolean(),
        (run, streams) => {
          let { state } = watchStep({ ...initialWatchState, streams }, { type: 'start' }, at());
          let now = 0;
          for (const [input, elapsedMs, jitter] of run) {
            now += elapsedMs;
            const before = state.seen;
            const decision = watchStep(state, input, { monotonicMs: now, jitter });
            state = decision.state;
            expect(isOlder(state.seen, before)).toBe(false);
            if (before !== undefined && state.seen === undefined) expect(decision.act).toBe('restart');
            expect(['listing', 'streaming', 'watching', 'waiting']).toContain(state.phase);
            if (decision.next === undefined) expect(['opened', 'event', 'bookmark']).toContain(input.type);
            if (decision.next?.type === 'wait') {
              expect(decision.next.delayMs).toBeGreaterThanOrEqual(400);
              expect(decision.next.delayMs).toBeLessThanOrEqual(45_000);
            }
          }
        },
      ),
    );
  });
});
