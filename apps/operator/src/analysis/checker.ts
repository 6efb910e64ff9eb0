import type { Env } from '@canaryop/reconcile/env';
import { keyText, present, type ObjectKey } from '@canaryop/reconcile/object';

import type { Revision } from '../api/v1/revision.ts';
import type { Measurement } from '../rollout/observed.ts';
import type { Finding, Inquiry } from './analysis.ts';
import { askSafely } from './ask-safely.ts';
import { Lanes } from './lanes.ts';
import type { MetricProvider } from './metric-provider.ts';
import type { Answer, Question } from './question.ts';

/** One check of one application. */
export interface Check {
  /** The application. */
  readonly app: ObjectKey;
  readonly revision: Revision;
  /** What is asked at a moment: a question about the moment of queueing could be too old to be of use. */
  readonly inquire: (nowMs: number) => Inquiry;
}

interface Memory {
  readonly lastAskedAt: number;
  readonly measurement?: Measurement;
  /** The check that has no answer yet. */
  readonly underWay?: Check;
}

/**
 * Asks in the background, so that no worker waits for a provider, and remembers the last answer of each application
 * until it is forgotten. An answer is an event: it makes the application reconcile. The questions of a check are asked
 * side by side, each when its provider has a turn for it, and together give one measurement.
 */
export class Checker {
  readonly #provider: MetricProvider;
  readonly #env: Pick<Env, 'clock' | 'log'>;
  readonly #onAnswer: (app: ObjectKey) => void;
  readonly #memory = new Map<string, Memory>();
  readonly #lanes = new Lanes();
  readonly #stop = new AbortController();

  /** @param onAnswer is called with the application's key each time an answer has come. */
  constructor(provider: MetricProvider, env: Pick<Env, 'clock' | 'log'>, onAnswer: (app: ObjectKey) => void) {
    this.#provider = provider;
    this.#env = env;
    this.#onAnswer = onAnswer;
  }

  /** What is known of an application's checks. A clock that was set back makes what was asked before it unusable. */
  recall(app: ObjectKey): Pick<Memory, 'lastAskedAt' | 'measurement'> | undefined {
    const known = this.#memory.get(keyText(app));
    if (known !== undefined && known.lastAskedAt > this.#env.clock.now()) this.forget(app);
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
    if (known?.underWay !== undefined) return;
    const lastAskedAt = this.#env.clock.now();
    this.#memory.set(key, present({ lastAskedAt, measurement: known?.measurement, underWay: check }));
    void this.#run(check, lastAskedAt).catch((error: unknown) => {
      this.#env.log.error('a check could not be made', { app: key, error: String(error) });
      this.#remember(check, lastAskedAt, { verdict: 'error', detail: 'the check could not be made', measured: [] });
    });
  }

  /** Ends every check under way; nothing is asked afterwards. */
  stop(): void {
    this.#lanes.stop();
    this.#stop.abort();
  }

  async #run(check: Check, queuedAt: number): Promise<void> {
    let askedAt: number | undefined;
    const turn = (index: number): Promise<Answer> => {
      const now = this.#env.clock.now();
      askedAt ??= this.#begin(check, now);
      return this.#answer(check, check.inquire(now).questions[index]);
    };
    const asked = check
      .inquire(queuedAt)
      .questions.map(({ url = '' }, index) => this.#lanes.run(url, () => turn(index)));
    const answers = await Promise.all(asked);
    const at = askedAt ?? queuedAt;
    this.#remember(check, at, check.inquire(at).judge(answers));
  }

  /** A check is about the moment at which its first question was asked. */
  #begin(check: Check, now: number): number {
    const known = this.#memoryOf(check);
    if (known !== undefined) this.#memory.set(keyText(check.app), { ...known, lastAskedAt: now });
    return now;
  }

  /** Nothing is asked for an application that was forgotten while it waited. */
  async #answer(check: Check, question: Question | undefined): Promise<Answer> {
    if (this.#memoryOf(check) === undefined || question === undefined)
      return { kind: 'error', errorClass: 'not asked' };
    return askSafely(this.#provider, question, this.#stop.signal);
  }

  #remember(check: Check, askedAt: number, finding: Finding): void {
    const { app, revision } = check;
    if (this.#memoryOf(check) === undefined || this.#stop.signal.aborted) return;
    this.#memory.set(keyText(app), {
      lastAskedAt: askedAt,
      measurement: { revisionId: revision.id, askedAt, ...finding },
    });
    this.#env.log.debug('checked', { app: keyText(app), revision: revision.id, ...finding });
    this.#onAnswer(app);
  }

  /** Undefined when the application was forgotten: what is remembered now belongs to another check. */
  #memoryOf(check: Check): Memory | undefined {
    const known = this.#memory.get(keyText(check.app));
    return known?.underWay === check ? known : undefined;
  }
}
