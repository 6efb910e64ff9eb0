import type { Clock } from '@canaryop/reconcile/env';
import { keyText, present, type ObjectKey } from '@canaryop/reconcile/object';

import type { Revision } from '../api/v1/revision.ts';
import type { Measurement } from '../rollout/observed.ts';
import type { Answer, MetricProvider, Question } from './metric-provider.ts';
import { verdictOf } from './verdict.ts';

/** Checks under way at once, over all applications; others wait their turn. */
const maxConcurrent = 64;

/** One check of one application. */
export interface Check {
  /** The application. */
  readonly app: ObjectKey;
  readonly revision: Revision;
  readonly question: Question;
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
  readonly #waiting: Check[] = [];
  readonly #stop = new AbortController();
  #running = 0;

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
    this.#waiting.push(check);
    this.#startNext();
  }

  /** Ends every check under way; nothing is asked afterwards. */
  stop(): void {
    this.#waiting.length = 0;
    this.#stop.abort();
  }

  #startNext(): void {
    if (this.#running >= maxConcurrent || this.#stop.signal.aborted) return;
    const check = this.#waiting.shift();
    if (check === undefined) return;
    this.#running += 1;
    void this.#run(check);
  }

  async #run({ app, revision, question }: Check): Promise<void> {
    const answer = await this.#provider.ask(question, this.#stop.signal).catch((error: unknown): Answer => ({
      kind: 'error',
      errorClass: error instanceof Error ? error.name : 'unknown',
    }));
    this.#running -= 1;
    const key = keyText(app);
    const lastAskedAt = this.#memory.get(key)?.lastAskedAt;
    if (lastAskedAt !== undefined && !this.#stop.signal.aborted) {
      const measurement = { revisionId: revision.id, askedAt: lastAskedAt, ...verdictOf(answer) };
      this.#memory.set(key, { lastAskedAt, measurement });
      this.#onAnswer(app);
    }
    this.#startNext();
  }
}
