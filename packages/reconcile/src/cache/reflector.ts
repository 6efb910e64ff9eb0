import { sleep } from '../env/timers.ts';
import { parseJson } from '../object/json.ts';
import type { KubernetesObject } from '../object/object.ts';
import { keyOf, keyText } from '../object/object-key.ts';
import { present } from '../object/present.ts';
import { groupResourceOf, resourcePath, type ResourceKind } from '../object/resource-kind.ts';
import { openRequest, readText, refusal, type ApiRequest, type ApiRequestContext } from '../client/api-request.ts';
import { acceptOf } from '../client/partial-metadata.ts';
import { decodeList } from '../client/read-object.ts';
import type { InformerProblem } from './cache.ts';
import { IdleWatchdog } from './idle-watchdog.ts';
import { LineSplitter } from './json-lines.ts';
import type { ReconnectBudget } from './reconnect-budget.ts';
import { decodeEvent, failureOf, type ChangeType } from './watch-event.ts';
import { initialWatchState, watchStep, type WatchEffect, type WatchInput, type WatchState } from './watch-machine.ts';

const pageSize = 500;

/** Which objects of a kind are kept in memory. */
export interface WatchScope {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  /** By what the kind can be selected by: of every kind `metadata.name` and `metadata.namespace`. */
  readonly fieldSelector?: string;
}

/** Where a reflector puts what it learns. Called synchronously, in the order of the server's history. */
export interface ReflectorSink<T extends KubernetesObject> {
  /** Readies an object of a list for `replace`, as it comes. */
  prepare(object: T): T;
  /** The whole list, as of `resourceVersion`. */
  replace(objects: readonly T[], resourceVersion: string): void;
  change(type: ChangeType, object: T): void;
  /** The server's history has begun anew: versions seen so far say nothing about what comes next, a list. */
  restart(): void;
  /** Everything up to this version has been delivered. */
  bookmark(resourceVersion: string): void;
  /** Called when it changes; undefined once all is well. */
  problem(problem: InformerProblem | undefined): void;
}

/** What a reflector is made of. */
export interface ReflectorOptions<T extends KubernetesObject> {
  readonly context: ApiRequestContext;
  readonly kind: ResourceKind<T>;
  readonly scope: WatchScope;
  readonly sink: ReflectorSink<T>;
  /**
   * A list or watch without a single byte for this long is dead. Longer than the minute between bookmarks, or a quiet
   * kind would reconnect for ever. Milliseconds.
   */
  readonly idleTimeoutMs: number;
  /** Ask for the list as the first part of the watch; a server that refuses is asked for pages. */
  readonly streamingLists: boolean;
  /** Shared by all reflectors of a cache. */
  readonly reconnects: ReconnectBudget;
}

/** Carries out what the watch machine decides: one request at a time, from start to abort. */
export class Reflector<T extends KubernetesObject> {
  readonly #options: ReflectorOptions<T>;
  #state: WatchState;
  /** What has come of a list that is not complete yet, by key. */
  #listed = new Map<string, T>();
  /** Whether the next request comes after a break, and not as the next step of what went well. */
  #isReconnect = false;
  #isOpen = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#state = { ...initialWatchState, streams: options.streamingLists };
  }

  /** Lists and watches until `signal` aborts; never rejects for what a server does. Once only. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#state.phase !== 'new') {
      throw new Error(`the reflector of ${groupResourceOf(this.#options.kind)} has been started before`);
    }
    let effect = this.#step({ type: 'start' });
    while (effect !== undefined && effect.type !== 'stop') {
      const next = signal.aborted ? undefined : await this.#carryOut(effect, signal);
      effect = signal.aborted ? this.#step({ type: 'stop' }) : next;
    }
    this.#listed.clear();
  }

  async #carryOut(effect: WatchEffect, signal: AbortSignal): Promise<WatchEffect | undefined> {
    if (effect.type === 'wait') {
      await sleep(this.#options.context.env.timers, effect.delayMs, signal);
      return signal.aborted ? undefined : this.#step({ type: 'elapsed' });
    }
    await this.#takeTurn(signal);
    if (signal.aborted) return undefined;
    this.#isOpen = false;
    const watchdog = new IdleWatchdog(this.#options.context.env, this.#options.idleTimeoutMs, signal);
    try {
      if (effect.type === 'list') return await this.#list(effect, watchdog);
      if (effect.type === 'watch') return await this.#watch(effect, watchdog);
      return effect;
    } catch (error) {
      if (signal.aborted) return undefined;
      const failure = failureOf(watchdog.hasFired ? watchdog.signal.reason : error);
      return this.#step({ ...failure, silent: watchdog.hasFired && this.#isOpen });
    } finally {
      watchdog.stop();
    }
  }

  async #takeTurn(signal: AbortSignal): Promise<void> {
    const waitMs = this.#isReconnect ? this.#options.reconnects.take() : 0;
    if (waitMs > 0) await sleep(this.#options.context.env.timers, waitMs, signal);
  }

  async #list(effect: WatchEffect & { type: 'list' }, watchdog: IdleWatchdog): Promise<WatchEffect | undefined> {
    const { context, kind, sink } = this.#options;
    const { continueToken, notOlderThan } = effect;
    const request = this.#request('list', watchdog.signal, {
      limit: String(pageSize),
      ...(continueToken === undefined ? {} : { continue: continueToken }),
      ...(notOlderThan === undefined ? {} : { resourceVersion: notOlderThan, resourceVersionMatch: 'NotOlderThan' }),
    });
    const response = await openRequest(context, request);
    const body = parseJson(await readText({ ...response, body: watchdog.watched(response.body) }));
    watchdog.signal.throwIfAborted();
    if (response.status !== 200) throw refusal(request, response, body);
    const page = decodeList(body, kind);
    if (page.resourceVersion === undefined) throw new Error(`${request.action}: the list carries no resourceVersion`);
    if (continueToken === undefined) this.#listed.clear();
    for (const item of page.items) this.#listed.set(keyText(keyOf(item)), sink.prepare(item));
    return this.#step({ type: 'page', resourceVersion: page.resourceVersion, continueToken: page.continueToken });
  }

  async #watch(effect: WatchEffect & { type: 'watch' }, watchdog: IdleWatchdog): Promise<WatchEffect | undefined> {
    const request = this.#request('watch', watchdog.signal, {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: effect.resourceVersion,
      ...(effect.listsFirst ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' } : {}),
      timeoutSeconds: String(effect.timeoutSeconds),
    });
    const response = await openRequest(this.#options.context, request);
    watchdog.signal.throwIfAborted();
    if (response.status !== 200) throw refusal(request, response, parseJson(await readText(response)));
    this.#listed.clear();
    this.#isOpen = true;
    this.#step({ type: 'opened' });
    const lines = new LineSplitter();
    for await (const chunk of watchdog.watched(response.body)) {
      watchdog.signal.throwIfAborted();
      for (const line of this.#split(lines, chunk)) {
        const next = line === undefined ? this.#step(notUtf8) : this.#onLine(line);
        if (next !== undefined) return next;
      }
    }
    watchdog.signal.throwIfAborted();
    if (lines.isInsideLine) throw new Error('the watch broke off in the middle of an event');
    return this.#step({ type: 'ended' });
  }

  /** The lines of a chunk; undefined stands for bytes that are no line. */
  #split(lines: LineSplitter, chunk: Uint8Array): readonly (string | undefined)[] {
    try {
      return lines.push(chunk);
    } catch {
      return [undefined];
    }
  }

  #onLine(line: string): WatchEffect | undefined {
    const { input, change } = decodeEvent(line, this.#options.kind);
    return this.#step(input, change);
  }

  #step(input: WatchInput, change?: { readonly type: ChangeType; readonly object: T }): WatchEffect | undefined {
    const { env } = this.#options.context;
    const { sink } = this.#options;
    const before = this.#state.problem;
    const at = { monotonicMs: env.clock.monotonic(), jitter: env.random.next() };
    const { state, act, next } = watchStep(this.#state, input, at);
    this.#state = state;
    this.#isReconnect = input.type !== 'start' && input.type !== 'page';
    if (act === 'restart') {
      sink.restart();
    } else if (act === 'replace') {
      sink.replace([...this.#listed.values()], state.seen ?? '');
      this.#listed.clear();
    } else if (act === 'keep' && change !== undefined) {
      this.#keep(change.type, change.object);
    } else if (act === 'deliver') {
      if (change === undefined) sink.bookmark(state.seen ?? '');
      else sink.change(change.type, change.object);
    }
    if (!isSameProblem(state.problem, before)) sink.problem(state.problem);
    return next;
  }

  #keep(type: ChangeType, object: T): void {
    const key = keyText(keyOf(object));
    if (type === 'DELETED') this.#listed.delete(key);
    else this.#listed.set(key, this.#options.sink.prepare(object));
  }

  #request(verb: 'list' | 'watch', signal: AbortSignal, query: Readonly<Record<string, string>>): ApiRequest {
    const { kind, scope } = this.#options;
    const { namespace, ...selectors } = scope;
    return {
      method: 'GET',
      path: resourcePath(kind, { namespace }),
      query: { ...query, ...present(selectors) },
      accept: acceptOf(kind, verb === 'list' ? 'list' : 'object'),
      action: `${verb} ${groupResourceOf(kind)}`,
      signal,
    };
  }
}

function isSameProblem(left: InformerProblem | undefined, right: InformerProblem | undefined): boolean {
  return left?.reason === right?.reason && left?.message === right?.message;
}

const notUtf8: WatchInput = { type: 'undecodable', message: 'the watch sent bytes that are not a line of UTF-8' };
