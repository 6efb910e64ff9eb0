import type { Clock } from '@canaryop/reconcile/env';

import type { Revision } from '../api/v1/revision.ts';
import type { Measurement } from '../rollout/observed.ts';
import type { Answer, MetricProvider, Question } from './metric-provider.ts';
import { verdictOf } from './verdict.ts';

/** Checks under way at once, over all applications; others wait their turn. */
const maxConcurrent = 64;

/** One check of one application. */
export interface Check {
  /** The application, as `namespace/name`. */
  readonly key: string;
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
  readonly #onAnswer: (key: string) => void;
  readonly #memory = new Map<string, Memory>();
  readonly #waiting: Check[] = [];
  readonly #stop = new AbortController();
  #running = 0;

  /** @param onAnswer is called with the application's key each time an answer has come. */
  constructor(provider: MetricProvider, clock: Clock, onAnswer: (key: string) => void) {
    this.#provider = provider;
    this.#clock = clock;
    this.#onAnswer = onAnswer;
  }

  /** What is known of an application's checks. */
  recall(key: string): Memory | undefined {
    return this.#memory.get(key);
  }

  /** Forgets an application that is gone. */
  forget(key: string): void {
    this.#memory.delete(key);
  }

  /** Asks, unless a check of this application is under way already. */
  ask(check: Check): void {
    const known = this.#memory.get(check.key);
    const isUnderWay = known !== undefined && (known.measurement?.askedAt ?? -1) < known.lastAskedAt;
    if (isUnderWay) return;
    const { measurement } = known ?? {};
    this.#memory.set(check.key, {
      lastAskedAt: this.#clock.now(),
      ...(measurement === undefined ? {} : { measurement }),
    });
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

  async #run({ key, revision, question }: Check): Promise<void> {
    const answer = await this.#provider.ask(question, this.#stop.signal).catch((error: unknown): Answer => ({
      kind: 'error',
      errorClass: error instanceof Error ? error.name : 'unknown',
    }));
    this.#running -= 1;
    const lastAskedAt = this.#memory.get(key)?.lastAskedAt;
    if (lastAskedAt !== undefined && !this.#stop.signal.aborted) {
      const measurement = { revisionId: revision.id, askedAt: lastAskedAt, ...verdictOf(answer) };
      this.#memory.set(key, { lastAskedAt, measurement });
      this.#onAnswer(key);
    }
    this.#startNext();
  }
}
