import type { InformerProblem } from './cache.ts';
import { compareResourceVersions, isOlder } from '../object/resource-version.ts';

/**
 * List and watch as a pure state machine: what has been seen, and what to do next. It ends only when told to stop;
 * everything else that can happen leads back to a watch, sooner or later.
 */
export interface WatchState {
  readonly phase: 'new' | 'listing' | 'streaming' | 'watching' | 'waiting' | 'stopped';
  /**
   * Take the list as the first part of the watch (streaming lists, KEP-3157). False once that did not work, for whatever
   * reason: some servers refuse it, others ignore it and never say that the list has ended.
   */
  readonly streams: boolean;
  /** The highest resourceVersion seen. Nothing older is ever accepted again, whichever API server answers. */
  readonly seen: string | undefined;
  /** Where the next watch starts; undefined when a list has to come first. */
  readonly resumeFrom: string | undefined;
  /** Monotonic time since when every answer has been older than what was seen; undefined while they are not. */
  readonly staleSinceMs: number | undefined;
  /** Watches in a row that were open and brought nothing at all, not even the bookmark of each minute. */
  readonly silentWatches: number;
  /** Failures in a row; only a stream that lived a while resets it. */
  readonly failures: number;
  /** Monotonic time when the current watch was asked for. */
  readonly streamSinceMs: number;
  /** What keeps the cache from being up to date; undefined while all is well. */
  readonly problem: InformerProblem | undefined;
}

/** What happened. */
export type WatchInput =
  | { readonly type: 'start' | 'elapsed' | 'opened' | 'ended' | 'stop' }
  | { readonly type: 'page'; readonly resourceVersion: string; readonly continueToken: string | undefined }
  | { readonly type: 'event'; readonly resourceVersion: string }
  /** `endsList`: it comes after the last object of a streaming list. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly endsList: boolean }
  /** A line that cannot be decoded: some change was lost, and only a list can tell which. */
  | { readonly type: 'undecodable'; readonly message: string }
  | {
      readonly type: 'failed';
      readonly problem: InformerProblem;
      /** 410: the resourceVersion or continue token is no longer served. */
      readonly expired: boolean;
      /** The server does not understand the request: 400 or 422. */
      readonly invalid: boolean;
      readonly retryAfterMs: number | undefined;
      /** It was open, and given up because nothing came. */
      readonly silent: boolean;
    };

type Failure = WatchInput & { readonly type: 'failed' };

/** What to do next with the server. It replaces what was going on; the stream of before is abandoned. */
export type WatchEffect =
  | { readonly type: 'list'; readonly continueToken: string | undefined; readonly notOlderThan: string | undefined }
  /** A watch; with `listsFirst`, one that begins with everything that there is, not older than its version. */
  | {
      readonly type: 'watch';
      readonly resourceVersion: string;
      readonly listsFirst: boolean;
      readonly timeoutSeconds: number;
    }
  | { readonly type: 'wait'; readonly delayMs: number }
  | { readonly type: 'stop' };

/**
 * What to do with what was just received: keep it for the list, replace the cache with the list, or deliver the event;
 * or forget which versions were seen, because they belong to a history that the server no longer has.
 */
type WatchAct = 'keep' | 'replace' | 'deliver' | 'restart';

/** The outcome of a step. Without `next`, what is going on goes on. */
export interface WatchDecision {
  readonly state: WatchState;
  readonly act?: WatchAct;
  readonly next?: WatchEffect;
}

/** The moment of a step. `jitter` is a fresh random number in [0, 1). */
export interface WatchMoment {
  readonly monotonicMs: number;
  readonly jitter: number;
}

/** First and longest pause between attempts, before jitter (client-go's reflector and kube-rs use the same). */
const backoffMs = { first: 800, longest: 30_000 } as const;
/** A stream that lived this long was a success: what follows it starts with the shortest pause again. */
const healthyStreamMs = 30_000;
/**
 * A server that lags behind catches up in seconds. One that has said nothing but older things for this long has been
 * restored from a backup (etcd without `--bump-revision`), and what was seen will not come back.
 */
const restoredAfterMs = 300_000;
/**
 * One silent watch is a connection that a firewall dropped. A second may be a server that was restored from a backup and
 * waits for a version that never comes: only a list can tell.
 */
const maxSilentWatches = 2;
/** The server ends a watch after 280 to 300 s, spread so that the watches of many controllers do not reconnect at once. */
const watchSeconds = { shortest: 280, spread: 21 } as const;

/** Before the first step. */
export const initialWatchState: WatchState = {
  phase: 'new',
  streams: false,
  seen: undefined,
  resumeFrom: undefined,
  staleSinceMs: undefined,
  silentWatches: 0,
  failures: 0,
  streamSinceMs: 0,
  problem: undefined,
};

/** One step. Inputs that do not fit the phase, such as a timer that fires after the stop, change nothing. */
export function watchStep(state: WatchState, input: WatchInput, at: WatchMoment): WatchDecision {
  if (state.phase === 'stopped') return { state };
  switch (input.type) {
    case 'start':
    case 'elapsed':
      return proceed(state, at);
    case 'opened':
      return onOpened(state);
    case 'page':
      return onPage(state, input, at);
    case 'event':
      return onEvent(state, input.resourceVersion, at);
    case 'bookmark':
      return onBookmark(state, input, at);
    case 'ended':
      return onEnded(state, at);
    case 'undecodable':
      return pause({ ...state, resumeFrom: undefined, problem: { reason: 'Undecodable', message: input.message } }, at);
    case 'failed':
      return onFailed(state, input, at);
    case 'stop':
      return { state: { ...state, phase: 'stopped' }, next: { type: 'stop' } };
    default:
      return input satisfies never;
  }
}

function proceed(state: WatchState, at: WatchMoment): WatchDecision {
  const listsFirst = state.resumeFrom === undefined;
  if (listsFirst && !state.streams) {
    const notOlderThan = state.staleSinceMs !== undefined ? state.seen : undefined;
    return { state: { ...state, phase: 'listing' }, next: { type: 'list', continueToken: undefined, notOlderThan } };
  }
  const timeoutSeconds = watchSeconds.shortest + Math.floor(at.jitter * watchSeconds.spread);
  return {
    state: { ...state, phase: listsFirst ? 'streaming' : 'watching', streamSinceMs: at.monotonicMs },
    next: { type: 'watch', resourceVersion: state.resumeFrom ?? state.seen ?? '', listsFirst, timeoutSeconds },
  };
}

function onPage(
  state: WatchState,
  page: { readonly resourceVersion: string; readonly continueToken: string | undefined },
  at: WatchMoment,
): WatchDecision {
  const { resourceVersion, continueToken } = page;
  if (isOlder(resourceVersion, state.seen)) return onStale(state, staleState(state, resourceVersion), at);
  if (continueToken !== undefined) {
    return { state, act: 'keep', next: { type: 'list', continueToken, notOlderThan: undefined } };
  }
  return { ...proceed(upTo(state, resourceVersion), at), act: 'replace' };
}

/** All is well up to this version. */
function upTo(state: WatchState, resourceVersion: string): WatchState {
  return {
    ...state,
    seen: resourceVersion,
    resumeFrom: resourceVersion,
    staleSinceMs: undefined,
    silentWatches: 0,
    problem: undefined,
  };
}

function staleState({ seen }: WatchState, resourceVersion: string): InformerProblem {
  return {
    reason: 'Stale',
    message: `the server answers with an older state (${resourceVersion}) than was seen (${seen})`,
  };
}

/** Refuses what is older than what was seen, until it has been nothing else for long: then that is how things are. */
function onStale(state: WatchState, problem: InformerProblem, at: WatchMoment, retryAfterMs?: number): WatchDecision {
  const stale = { ...state, problem, staleSinceMs: state.staleSinceMs ?? at.monotonicMs };
  if (!isRestored(stale, at)) return pause(stale, at, retryAfterMs);
  return {
    ...proceed({ ...stale, seen: undefined, resumeFrom: undefined, staleSinceMs: undefined }, at),
    act: 'restart',
  };
}

function isRestored({ staleSinceMs }: WatchState, at: WatchMoment): boolean {
  return staleSinceMs !== undefined && at.monotonicMs - staleSinceMs >= restoredAfterMs;
}

function onEvent(state: WatchState, resourceVersion: string, at: WatchMoment): WatchDecision {
  // The list part comes in any order: each object has the version of its last change.
  if (state.phase === 'streaming') return { state, act: 'keep' };
  const order = compareResourceVersions(resourceVersion, state.seen);
  if (order === 0) return { state };
  if (order !== undefined && order < 0) {
    const message = `the server sent an older event (${resourceVersion}) than was seen (${state.seen})`;
    return onStale(state, { reason: 'Stale', message }, at);
  }
  return { state: upTo(state, resourceVersion), act: 'deliver' };
}

function onOpened(state: WatchState): WatchDecision {
  const isWell = state.phase !== 'streaming' && state.staleSinceMs === undefined;
  return { state: isWell ? { ...state, problem: undefined } : state };
}

function onBookmark(
  state: WatchState,
  bookmark: { readonly resourceVersion: string; readonly endsList: boolean },
  at: WatchMoment,
): WatchDecision {
  const { resourceVersion, endsList } = bookmark;
  const isStreaming = state.phase === 'streaming';
  if (isStreaming && !endsList) return { state };
  if (!isOlder(resourceVersion, state.seen)) {
    const moved = upTo(state, resourceVersion);
    return isStreaming ? { state: { ...moved, phase: 'watching' }, act: 'replace' } : { state: moved, act: 'deliver' };
  }
  const problem = staleState(state, resourceVersion);
  // A server that lags behind may still come to what this watch is waiting for.
  const waiting = { ...state, problem, staleSinceMs: state.staleSinceMs ?? at.monotonicMs };
  return isStreaming || isRestored(waiting, at) ? onStale(state, problem, at) : { state: waiting };
}

function onEnded(state: WatchState, at: WatchMoment): WatchDecision {
  if (hasLived(state, at)) return proceed({ ...state, failures: 0 }, at);
  return pause({ ...state, problem: { reason: 'Unreachable', message: 'the server ends the watch early' } }, at);
}

function onFailed(state: WatchState, failure: Failure, at: WatchMoment): WatchDecision {
  if (failure.invalid && state.phase === 'streaming') return proceed({ ...state, streams: false }, at);
  if (failure.silent) return onSilence(state, failure, at);
  if (failure.problem.reason === 'Stale') return onStale(state, failure.problem, at, failure.retryAfterMs);
  if (!failure.expired) return pause({ ...state, problem: failure.problem }, at, failure.retryAfterMs);
  const fresh: WatchState = { ...state, resumeFrom: undefined, problem: failure.problem };
  const failures = hasLived(state, at) ? 0 : state.failures;
  // Expired is an answer, not a failure: list at once, unless the last thing that we did ended the same way.
  if (failures === 0) return proceed({ ...fresh, failures: 1 }, at);
  return pause(fresh, at, failure.retryAfterMs);
}

function onSilence(state: WatchState, { problem }: Failure, at: WatchMoment): WatchDecision {
  const silentWatches = state.silentWatches + 1;
  const resumeFrom = silentWatches < maxSilentWatches ? state.resumeFrom : undefined;
  return pause({ ...state, problem, silentWatches, resumeFrom }, at);
}

function pause(state: WatchState, at: WatchMoment, retryAfterMs = 0): WatchDecision {
  const failures = hasLived(state, at) ? 0 : state.failures;
  const plannedMs = Math.min(backoffMs.first * 2 ** failures, backoffMs.longest);
  const delayMs = Math.max(Math.round(plannedMs * (0.5 + at.jitter)), retryAfterMs);
  const streams = state.streams && state.phase !== 'streaming';
  return { state: { ...state, phase: 'waiting', streams, failures: failures + 1 }, next: { type: 'wait', delayMs } };
}

function hasLived(state: WatchState, at: WatchMoment): boolean {
  return state.phase === 'watching' && at.monotonicMs - state.streamSinceMs >= healthyStreamMs;
}
