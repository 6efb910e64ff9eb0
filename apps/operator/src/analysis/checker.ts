import type { Clock } from '@canaryop/reconcile/env';
import { keyText, present, type ObjectKey } from '@canaryop/reconcile/object';

import type { Revision } from '../api/v1/revision.ts';
import type { Measurement } from '../rollout/observed.ts';
import type { Answer, MetricProvider, Question } from './metric-provider.ts';
import { verdictOf } from './verdict.ts';

/** Checks that one provider has to answer at once; others of the same provider wait their turn. */
const maxConcurrent = 64;

/** One check of one application. */
export interface Check {
  /** The application. */
  readonly app: ObjectKey;
  readonly revision: Revision;
  /** The provider's URL. */
  readonly url: string;
  /** What is asked when its turn has come: an answer about the moment of queueing could be too old to be of use. */
  readonly question: (nowMs: number) => Question;
}

/** The checks of one provider, by its URL: one that is slow keeps only its own waiting. */
interface Lane {
  readonly waiting: Check[];
  running: number;
}

interface Memory {
  readonly lastAskedAt: number;
  readonly measurement?: Measurement;
}

/**
 * Asks in the background, so that no worker waits for a provider, and remembers the last answer of each application
 * until it is forgotten. An answer is an event: it makes the application reconcile.
 */
export class Checker {
  readonly #provider: MetricProvider;
  readonly #clock: Clock;
  readonly #onAnswer: (app: ObjectKey) => void;
  readonly #memory = new Map<string, Memory>();
  readonly #lanes = new Map<string, Lane>();
  readonly #stop = new AbortController();

  /** @param onAnswer is called with the application's key each time an answer has come. */
  constructor(provider: MetricProvider, clock: Clock, onAnswer: (app: ObjectKey) => void) {
    this.#provider = provider;
    this.#clock = clock;
    this.#onAnswer = onAnswer;
  }

  /** What is known of an application's checks. A clock that was set back makes what was asked before it unusable. */
  recall(app: ObjectKey): Memory | undefined {
    const known = this.#memory.get(keyText(app));
    if (known !== undefined && known.lastAskedAt > this.#clock.now()) this.forget(app);
    return this.#memory.get(keyText(app));
  }

  /** Forgets an application that is gone. */
  forget(app: ObjectKey): void {
    this.#memory.delete(keyText(app));
  }

  /** Asks, unless a check of this application is under way already. */
  ask(check: Check): void {
    const key = keyText(check.app);
    const known = this.#memory.get(key);
    const isUnderWay = known !== undefined && (known.measurement?.askedAt ?? -1) < known.lastAskedAt;
    if (isUnderWay) return;
    this.#memory.set(key, present({ lastAskedAt: this.#clock.now(), measurement: known?.measurement }));
    const lane = this.#laneOf(check);
    lane.waiting.push(check);
    this.#startNext(lane);
  }

  /** Ends every check under way; nothing is asked afterwards. */
  stop(): void {
    this.#lanes.clear();
    this.#stop.abort();
  }

  #laneOf({ url }: Check): Lane {
    const lane = this.#lanes.get(url) ?? { waiting: [], running: 0 };
    this.#lanes.set(url, lane);
    return lane;
  }

  #startNext(lane: Lane): void {
    if (lane.running >= maxConcurrent || this.#stop.signal.aborted) return;
    const check = lane.waiting.shift();
    if (check === undefined) return;
    lane.running += 1;
    void this.#run(lane, check);
  }

  /** A lane that nobody uses is forgotten: users name providers, and there is no end to the names. */
  #end(lane: Lane, { url }: Check): void {
    lane.running -= 1;
    if (lane.running === 0 && lane.waiting.length === 0) this.#lanes.delete(url);
  }

  async #run(lane: Lane, check: Check): Promise<void> {
    const { app, revision } = check;
    const askedAt = this.#clock.now();
    const answer = await this.#answer(check, askedAt);
    this.#end(lane, check);
    // Otherwise it was forgotten meanwhile, and what is remembered now belongs to another check.
    const isAwaited = this.#memory.get(keyText(app))?.lastAskedAt === askedAt;
    if (answer !== undefined && isAwaited && !this.#stop.signal.aborted) {
      const measurement = { revisionId: revision.id, askedAt, ...verdictOf(answer) };
      this.#memory.set(keyText(app), { lastAskedAt: askedAt, measurement });
      this.#onAnswer(app);
    }
    this.#startNext(lane);
  }

  /** Nothing is asked for an application that was forgotten while it waited. */
  async #answer({ app, question }: Check, askedAt: number): Promise<Answer | undefined> {
    const known = this.#memory.get(keyText(app));
    if (known === undefined) return undefined;
    this.#memory.set(keyText(app), { ...known, lastAskedAt: askedAt });
    return this.#provider.ask(question(askedAt), this.#stop.signal).catch((error: unknown): Answer => ({
      kind: 'error',
      errorClass: error instanceof Error ? error.name : 'unknown',
    }));
  }
}
