import { Agent, get } from 'node:http';

import { sleep } from '@canaryop/reconcile/env';

import { env } from './env.ts';

/** An answer; status 0 where there was none. */
export interface Answer {
  /** When it was asked, on the monotonic clock, in milliseconds. */
  readonly at: number;
  readonly status: number;
  readonly body: string;
}

/** Each request has its own connection: one that is kept may be closed by the server at the moment it is used again. */
const agent = new Agent({ maxSockets: 64 });

/** One GET through the ingress. Never rejects. */
export function ask(port: number, host: string, path: string): Promise<Answer> {
  const at = env.clock.monotonic();
  return new Promise((resolve) => {
    const failed = (error: Error): void => resolve({ at, status: 0, body: error.message });
    get({ host: '127.0.0.1', port, path, headers: { host }, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ at, status: response.statusCode ?? 0, body }));
      response.on('error', failed);
    }).on('error', failed);
  });
}

/** Requests whose answers are looked at afterwards. */
export interface Requests {
  /** Answers other than 200, at most ten. */
  readonly failures: readonly Answer[];
  /** Ends when everything sent is answered. */
  stop(): Promise<void>;
}

/** GETs at a steady rate, however long an answer takes. */
export class SteadyRequests implements Requests {
  readonly answers: Answer[] = [];
  readonly #stopping = new AbortController();
  readonly #run: Promise<void>;

  constructor(target: {
    readonly port: number;
    readonly host: string;
    readonly path: string;
    readonly perSecond: number;
  }) {
    this.#run = this.#send(target);
  }

  /** Answers other than 200, at most ten. */
  get failures(): readonly Answer[] {
    return this.answers.filter(({ status }) => status !== 200).slice(0, 10);
  }

  /** Of the answers between two moments: how many there are, and the percentage that ended with `version`. */
  share(version: string, fromMs: number, toMs: number): { readonly answers: number; readonly percent: number } {
    const counted = this.answers.filter(({ at }) => at >= fromMs && at < toMs);
    const ours = counted.filter(({ body }) => body.endsWith(` ${version}`));
    return { answers: counted.length, percent: (ours.length / counted.length) * 100 };
  }

  /** Ends when everything sent is answered. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#run;
  }

  async #send({ port, host, path, perSecond }: ConstructorParameters<typeof SteadyRequests>[0]): Promise<void> {
    const { signal } = this.#stopping;
    const open = new Set<Promise<void>>();
    for (let dueMs = env.clock.monotonic(); !signal.aborted; dueMs += 1000 / perSecond) {
      await sleep(env.timers, Math.max(dueMs - env.clock.monotonic(), 0), signal);
      if (signal.aborted) break;
      const one = ask(port, host, path).then((answer) => {
        this.answers.push(answer);
        open.delete(one);
      });
      open.add(one);
    }
    await Promise.all(open);
  }
}
