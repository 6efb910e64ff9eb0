import { CanaryApp } from '@canaryop/operator';
import { sleep, type Env } from '@canaryop/reconcile/env';
import { keyOf, type ObjectKey } from '@canaryop/reconcile/object';
import type { Loopback } from '@canaryop/simkube';

import { judge, type Told } from './judge.ts';
import { rolloutState, type RolloutState } from './rollout-state.ts';
import { MeasuredSteps } from './measured-steps.ts';
import { SteadyRequests, type Send } from './steady-requests.ts';
import type { Step, StoryEvent, StoryResult } from './story-event.ts';

const requestsPerSecond = 80;
const pollMs = 50;
const errorsFromWeight = 20;
const errorEveryMs = 100;
/** More than any part of the story takes. */
const patienceMs = 60_000;

/** Where the story plays. */
export interface Stage {
  readonly env: Env;
  readonly api: Loopback;
  readonly send: Send;
  /** The CanaryApp that is applied, at v1. */
  readonly sample: CanaryApp;
  readonly tell: (event: StoryEvent) => void;
  /** Aborts: the story ends where it is. */
  readonly signal: AbortSignal;
}

/** Releases v2, breaks v3, and says whether everything went as promised. Rejects only when it is aborted. */
export async function tellStory(stage: Stage): Promise<StoryResult> {
  const ending = new AbortController();
  const signal = AbortSignal.any([stage.signal, ending.signal]);
  const requests = new SteadyRequests(stage.env, stage.send);
  const teller = new Teller(stage, requests);
  let traffic: Promise<void> | undefined;
  try {
    await teller.install(requestsPerSecond);
    traffic = requests.run(requestsPerSecond, signal);
    await teller.release('v2');
    await teller.breakRelease('v3');
  } catch (error) {
    if (!(error instanceof Unfinished)) throw error;
    teller.told.unfinished = error.message;
  } finally {
    ending.abort();
    await traffic;
  }
  return judge({ ...teller.told, sent: requests.sent, failed: requests.failed });
}

/** The story cannot go on: something that had to happen did not. */
class Unfinished extends Error {
  override readonly name = 'Unfinished';
}

class Teller {
  readonly told: Told & { unfinished?: string } = {
    v2: { steps: [], seconds: 0, done: false },
    v3: { steps: [], seconds: 0, done: false },
    images: { v2: '', v3: '' },
    lastFailedTag: '',
    sent: 0,
    failed: 0,
  };
  readonly #stage: Stage;
  readonly #requests: SteadyRequests;
  readonly #key: ObjectKey;

  constructor(stage: Stage, requests: SteadyRequests) {
    this.#stage = stage;
    this.#requests = requests;
    this.#key = keyOf(stage.sample);
  }

  async install(perSecond: number): Promise<void> {
    const { api, sample, tell, send } = this.#stage;
    const elapsed = this.#stopwatch();
    api.create(CanaryApp, sample);
    const { image = '' } = sample.spec;
    let isServed = false;
    await this.#until('v1 installed', (state) => {
      // The ingress hears of the first pods last; requests before that are nobody's rollout.
      void send('/hello').then(({ status }) => (isServed ||= status === 200));
      return isServed && state.isAtRest && state.releasedImage === image;
    });
    tell({ event: 'installed', version: 'v1', seconds: elapsed(), perSecond });
  }

  async release(version: 'v2'): Promise<void> {
    const { tell } = this.#stage;
    const { told } = this;
    const image = this.#patch(version);
    const elapsed = this.#stopwatch();
    const steps = this.#steps(version, told.v2.steps);
    await this.#until(`${version} promoted`, (state) => {
      steps.follow(state);
      if (state.isPromoting && steps.isOpen) {
        steps.close();
        tell({ event: 'promoting', version });
      }
      return state.releasedImage === image && state.weight === 0;
    });
    told.v2 = { ...told.v2, seconds: elapsed(), done: true };
    tell({ event: 'promoted', version, seconds: told.v2.seconds });
    await this.#drained(version);
  }

  async breakRelease(version: 'v3'): Promise<void> {
    const { tell } = this.#stage;
    const { told } = this;
    const image = this.#patch(version);
    const elapsed = this.#stopwatch();
    const steps = this.#steps(version, told.v3.steps);
    let errors: Errors | undefined;
    try {
      await this.#until(`${version} rolled back`, (state) => {
        steps.follow(state);
        if (state.weight >= errorsFromWeight) errors ??= this.#sendErrors(version);
        if (state.lastFailedTag === image) errors?.stop();
        return state.lastFailedTag === image && state.weight === 0;
      });
    } finally {
      errors?.stop();
    }
    steps.close();
    const { lastFailedTag, lastReason } = this.#state();
    told.lastFailedTag = lastFailedTag;
    told.v3 = { ...told.v3, seconds: elapsed(), done: true };
    tell({ event: 'rolledBack', version, lastFailedTag, seconds: errors?.seconds() ?? 0, reason: lastReason });
    await this.#drained(version);
  }

  async #drained(version: string): Promise<void> {
    this.#stage.tell({ event: 'draining', version });
    await this.#until(`the secondary of ${version} removed`, ({ isAtRest }) => isAtRest);
  }

  #patch(version: 'v2' | 'v3'): string {
    const { api, tell } = this.#stage;
    const app = api.get(CanaryApp, this.#key);
    if (app === undefined) throw new Unfinished(`there is no CanaryApp ${this.#key.name} to patch`);
    const image = (app.spec.image ?? '').replace(/:[^:]*$/, `:${version}`);
    api.update(CanaryApp, { ...app, spec: { ...app.spec, image } });
    this.told.images[version] = image;
    tell({ event: 'patched', version, image });
    return image;
  }

  #steps(version: string, done: Step[]): MeasuredSteps {
    return new MeasuredSteps(version, done, this.#stage, this.#requests);
  }

  #sendErrors(version: string): Errors {
    const { env, send, tell } = this.#stage;
    const path = '/nothello';
    const stopping = new AbortController();
    const signal = AbortSignal.any([this.#stage.signal, stopping.signal]);
    tell({ event: 'errors', version, path });
    void (async () => {
      while (!signal.aborted) {
        void send(path);
        await sleep(env.timers, errorEveryMs, signal);
      }
    })();
    return { seconds: this.#stopwatch(), stop: () => stopping.abort() };
  }

  #state(): RolloutState {
    return rolloutState(this.#stage.api, this.#key);
  }

  async #until(what: string, isReached: (state: RolloutState) => boolean): Promise<void> {
    const { env, signal } = this.#stage;
    const limitMs = env.clock.monotonic() + patienceMs;
    while (!isReached(this.#state())) {
      await sleep(env.timers, pollMs, signal);
      signal.throwIfAborted();
      if (env.clock.monotonic() > limitMs) throw new Unfinished(`${what}: not within ${patienceMs / 1000} s`);
    }
  }

  #stopwatch(): () => number {
    const { clock } = this.#stage.env;
    const startedMs = clock.monotonic();
    return () => Math.round((clock.monotonic() - startedMs) / 100) / 10;
  }
}

interface Errors {
  /** Since the first one. */
  readonly seconds: () => number;
  readonly stop: () => void;
}
