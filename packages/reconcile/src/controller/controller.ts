import { isConflict } from '../client/api-error.ts';
import { isFenced } from '../client/fence.ts';
import type { Env } from '../env/env.ts';
import type { Logger } from '../env/logger.ts';
import { uuid } from '../env/random.ts';
import { sleep } from '../env/timers.ts';
import { noTracer } from '../env/tracer.ts';
import { keyText } from '../object/object-key.ts';
import type { RateLimiter } from '../queue/rate-limiter.ts';
import { lowPriority, WorkQueue, type QueueMetrics, type Work } from '../queue/work-queue.ts';
import type { KeyShards, ShardEntry } from '../sharding/owned-shards.ts';
import type { Enqueue, Source } from '../watch/source.ts';
import type { ReconcileContext, Reconciler, ReconcileServices, Request, Result } from './reconciler.ts';
import { isTerminal } from './terminal-error.ts';

/** How a reconcile ended, in controller-runtime's words. */
export type ReconcileOutcome = 'success' | 'requeue_after' | 'error' | 'terminal_error' | 'timeout';

/** Told what a controller does. */
export interface ControllerMetrics {
  readonly queue: QueueMetrics;
  /** Called once, so that gauges can be read from the controller when they are scraped. */
  observe(controller: ControllerState): void;
  reconciled(outcome: ReconcileOutcome, durationMs: number): void;
  /** So many writes changed something although nothing had changed: see `checkIdempotence`. */
  wroteAtRest(writes: number): void;
}

/** What can be read from a controller at any time. */
export interface ControllerState {
  readonly workers: number;
  readonly activeWorkers: number;
  readonly queueDepth: number;
  /** How long each key in work has been worked on, in milliseconds. */
  readonly unfinishedMs: readonly number[];
}

/** What a controller is made of. */
export interface ControllerOptions {
  /** Unique in the process: it labels metrics and log lines. */
  readonly name: string;
  readonly env: Env;
  readonly sources: readonly Source[];
  readonly services: ReconcileServices;
  readonly reconcile: Reconciler;
  /** Reconciles at the same time, each of another key. @default 1 */
  readonly workers?: number;
  /**
   * After this many milliseconds the reconcile's signal aborts and its worker goes on with other keys. The key itself
   * stays taken until the reconcile settles. @default 300_000
   */
  readonly reconcileTimeoutMs?: number;
  /**
   * How long sources may take to sync before `start` rejects, in milliseconds. Without it workers wait for as long as
   * it takes, which readiness and the log show: a missing permission may yet be granted.
   */
  readonly syncTimeoutMs?: number;
  readonly rateLimiter?: RateLimiter;
  readonly metrics?: ControllerMetrics;
  /** @default true */
  readonly needsLeaderElection?: boolean;
  /** Which keys are for this process, and with which client. Absent: all, with the one of the services. */
  readonly shards?: KeyShards;
}

const syncPollMs = 20;

/** Takes keys from its sources through one queue to N workers, and each key to one worker at a time. */
export class Controller {
  readonly name: string;
  readonly needsLeaderElection: boolean;
  readonly #options: ControllerOptions;
  readonly #log: Logger;
  readonly #queue: WorkQueue<Request>;
  readonly #workers: number;
  readonly #retirement = new AbortController();
  #activeWorkers = 0;

  constructor(options: ControllerOptions) {
    const { name, env, workers = 1, rateLimiter, metrics } = options;
    if (!Number.isInteger(workers) || workers < 1)
      throw new Error(`controller ${name}: workers must be a whole number of at least 1, not ${workers}`);
    this.name = name;
    this.needsLeaderElection = options.needsLeaderElection ?? true;
    this.#options = options;
    this.#workers = workers;
    this.#log = env.log.with({ controller: name });
    this.#queue = new WorkQueue<Request>({
      env,
      keyOf: keyText,
      ...(rateLimiter === undefined ? {} : { rateLimiter }),
      ...(metrics === undefined ? {} : { metrics: metrics.queue }),
    });
    metrics?.observe(this.#state());
  }

  /** Takes no more keys, and lets the reconciles in work end without telling them to; `start` resolves then. */
  retire(): void {
    this.#retirement.abort();
  }

  /**
   * Runs until `signal` aborts, or it is retired, and the reconciles in work have ended. Rejects when a source does not
   * sync. Call once.
   */
  async start(signal: AbortSignal): Promise<void> {
    const ending = this.#retirement.signal;
    const stops = [onAbort(signal, () => this.retire())];
    const { shards, sources } = this.#options;
    const enqueue: Enqueue = (key, options) => {
      if (shards?.owns(key) !== false) this.#queue.add(key, options);
    };
    try {
      if (shards !== undefined) stops.push(shards.onAcquired((isInShard) => this.#replay(isInShard)));
      for (const source of sources) stops.push(source.start(enqueue));
      await this.#waitForSync(ending);
      const workers = Array.from({ length: this.#workers }, () => this.#work(signal));
      this.#log.info('workers started', { workers: this.#workers });
      if (!ending.aborted) await new Promise<void>((resolve) => onAbort(ending, resolve));
      await this.#queue.shutDown();
      await Promise.all(workers);
      this.#log.info('workers stopped');
    } finally {
      for (const stop of stops) stop();
    }
  }

  /** Enqueues what there is of a shard that has become ours, behind live changes, by letting each source start once more. */
  #replay(isInShard: (key: Request) => boolean): void {
    for (const source of this.#options.sources) {
      const stop = source.start((key, options) => {
        if (isInShard(key)) this.#queue.add(key, { ...options, priority: lowPriority });
      });
      stop();
    }
  }

  async #waitForSync(signal: AbortSignal): Promise<void> {
    const { env, sources, syncTimeoutMs = Infinity } = this.#options;
    const deadline = env.clock.monotonic() + syncTimeoutMs;
    for (;;) {
      const missing = sources.filter((source) => !source.hasSynced).map((source) => source.name);
      if (missing.length === 0 || signal.aborted) return;
      if (env.clock.monotonic() >= deadline)
        throw new Error(
          `controller ${this.name}: no first list of ${missing.join(', ')} within ${syncTimeoutMs} ms; ` +
            'is the kind installed, and may this service account list and watch it?',
        );
      await sleep(env.timers, syncPollMs, signal);
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let work = await this.#queue.take(); work !== undefined; work = await this.#queue.take()) {
      const entry = this.#options.shards?.enter(work.item);
      if (this.#options.shards !== undefined && entry === undefined) {
        // Its shard has another owner by now, who has seen the key there.
        this.#queue.forget(work.item);
        this.#queue.done(work.item);
        continue;
      }
      this.#activeWorkers += 1;
      await this.#process(work, signal, entry);
      this.#activeWorkers -= 1;
    }
  }

  /** Resolves when the worker is free again: after the reconcile, or at its timeout. Never rejects. */
  async #process(work: Work<Request>, parent: AbortSignal, entry: ShardEntry | undefined): Promise<void> {
    const { env, reconcileTimeoutMs = 300_000 } = this.#options;
    const abort = new AbortController();
    const stopListening = [parent, ...(entry === undefined ? [] : [entry.signal])].map((outer) =>
      onAbort(outer, () => {
        abort.abort(outer.reason);
      }),
    );
    let timeUp = (): void => undefined;
    const timeout = new Promise<void>((resolve) => {
      timeUp = resolve;
    });
    const cancelTimeout = env.timers.schedule(reconcileTimeoutMs, () => {
      this.#log.error('reconcile timed out; its worker goes on without it', {
        ...work.item,
        timeoutMs: reconcileTimeoutMs,
      });
      this.#options.metrics?.reconciled('timeout', reconcileTimeoutMs);
      abort.abort(new Error(`reconcile of ${keyText(work.item)} did not end within ${reconcileTimeoutMs} ms`));
      timeUp();
    });
    const run = this.#run(work, abort.signal, entry).finally(() => {
      cancelTimeout();
      for (const stop of stopListening) stop();
      this.#queue.done(work.item);
      entry?.leave();
    });
    await Promise.race([run, timeout]);
  }

  /** One reconcile and what follows from its outcome. Never rejects. */
  async #run(work: Work<Request>, signal: AbortSignal, entry: ShardEntry | undefined): Promise<void> {
    const { env, metrics } = this.#options;
    const context = this.#contextOf(work, signal, entry);
    const startedAtMs = env.clock.monotonic();
    context.log.debug('reconcile started', { reasons: work.reasons, failures: context.failures });
    const outcome = await this.#traced(work, context).catch((error: unknown) => this.#fail(work, error, context));
    const durationMs = env.clock.monotonic() - startedAtMs;
    context.log.debug('reconcile ended', { outcome, durationMs });
    metrics?.reconciled(outcome, durationMs);
  }

  /** The reconcile itself, within a span that says why it was. */
  #traced(work: Work<Request>, context: ReconcileContext): Promise<ReconcileOutcome> {
    const { env, reconcile } = this.#options;
    const { namespace = '', name } = work.item;
    const attributes = {
      'controller.name': this.name,
      'k8s.namespace.name': namespace,
      'k8s.object.name': name,
      'reconcile.id': context.reconcileId,
      'reconcile.reasons': work.reasons,
      'reconcile.failures': context.failures,
    };
    return (env.tracer ?? noTracer).span(`reconcile ${this.name}`, attributes, async (span) => {
      const outcome = this.#succeed(work, (await reconcile(work.item, context)) ?? {});
      span.set({ 'reconcile.outcome': outcome });
      return outcome;
    });
  }

  #succeed({ item, priority }: Work<Request>, { requeueAfterMs = 0 }: Result): ReconcileOutcome {
    if (!(requeueAfterMs >= 0))
      throw new Error(`reconcile of ${keyText(item)} returned requeueAfterMs ${requeueAfterMs}; it must be 0 or more`);
    this.#queue.forget(item);
    if (requeueAfterMs === 0) return 'success';
    this.#queue.add(item, { afterMs: requeueAfterMs, priority, reason: `requeued after ${requeueAfterMs} ms` });
    return 'requeue_after';
  }

  #fail({ item, priority }: Work<Request>, error: unknown, { log, signal }: ReconcileContext): ReconcileOutcome {
    if (isTerminal(error)) {
      this.#queue.forget(item);
      log.error('reconcile failed and is not retried until something changes', { error });
      return 'terminal_error';
    }
    this.#queue.add(item, { rateLimited: true, priority, reason: 'retried after an error' });
    const retry = { error, failures: this.#queue.failures(item) };
    if (signal.aborted || isFenced(error)) log.info('reconcile interrupted', retry);
    else if (isConflict(error)) log.info('reconcile decided on a stale view; it is retried', retry);
    else log.error('reconcile failed; it is retried', retry);
    return 'error';
  }

  #contextOf(work: Work<Request>, signal: AbortSignal, entry: ShardEntry | undefined): ReconcileContext {
    const reconcileId = uuid(this.#options.env.random);
    const { services } = this.#options;
    return {
      ...services,
      client: entry?.client ?? services.client,
      signal,
      clock: this.#options.env.clock,
      reconcileId,
      log: this.#log.with({ ...work.item, reconcileID: reconcileId }),
      reasons: work.reasons,
      failures: this.#queue.failures(work.item),
    };
  }

  #state(): ControllerState {
    const queue = this.#queue;
    const { clock } = this.#options.env;
    const active = (): number => this.#activeWorkers;
    return {
      workers: this.#workers,
      get activeWorkers() {
        return active();
      },
      get queueDepth() {
        return queue.depth;
      },
      get unfinishedMs() {
        const nowMs = clock.monotonic();
        return [...queue.startTimesMs].map((startedAtMs) => nowMs - startedAtMs);
      },
    };
  }
}

/** Calls `callback` once when the signal aborts, at once if it has. Returns what takes the listener back. */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) callback();
  signal.addEventListener('abort', callback, { once: true });
  return () => {
    signal.removeEventListener('abort', callback);
  };
}
