import { keyText, type ObjectKey } from '@canaryop/reconcile/object';

import type { Finding, Inquiry } from './analysis.ts';
import { askSafely } from './ask-safely.ts';
import { Lanes } from './lanes.ts';
import type { MetricProvider } from './metric-provider.ts';

/** The end of one run, and who is to be told. */
export interface Announcement {
  /** The application. */
  readonly app: ObjectKey;
  /** Which run it was, of which object. */
  readonly run: string;
  readonly inquiry: Inquiry;
  /** Called when not everybody took it. */
  readonly onFailure: (finding: Finding) => void;
}

/**
 * Tells how runs ended, in the background, each run once as long as this process lives. A successor that finds the run
 * not yet cleared away tells it again: that is better than never.
 */
export class Announcer {
  readonly #provider: MetricProvider;
  readonly #told = new Map<string, string>();
  readonly #lanes = new Lanes();
  readonly #stop = new AbortController();

  constructor(provider: MetricProvider) {
    this.#provider = provider;
  }

  /** Tells, unless this run was told of before. */
  tell({ app, run, inquiry, onFailure }: Announcement): void {
    const { questions } = inquiry;
    if (questions.length === 0 || this.#told.get(keyText(app)) === run) return;
    this.#told.set(keyText(app), run);
    const answers = questions.map((question) =>
      this.#lanes.run(question.url ?? '', () => askSafely(this.#provider, question, this.#stop.signal)),
    );
    void Promise.all(answers).then((all) => {
      const finding = inquiry.judge(all);
      if (finding.verdict !== 'pass' && !this.#stop.signal.aborted) onFailure(finding);
    });
  }

  /** Forgets an application that is gone. */
  forget(app: ObjectKey): void {
    this.#told.delete(keyText(app));
  }

  /** Ends what is under way; nobody is told anything afterwards. */
  stop(): void {
    this.#lanes.stop();
    this.#stop.abort();
  }
}
