import type { Env } from '@canaryop/reconcile/env';

import type { RolloutState } from './rollout-state.ts';
import type { Measurement, SteadyRequests } from './steady-requests.ts';
import type { Step, StoryEvent } from './story-event.ts';

/** The ingress follows a change of weight with a lag; until then answers belong to the step before. */
const ingressLagMs = 400;
/** How often the share of a step that is still running is told. */
const toldEveryMs = 200;

/** Who is told of steps. */
interface StepTeller {
  readonly env: Env;
  readonly tell: (event: StoryEvent) => void;
}

/** Follows the weights of one rollout, and measures each. */
export class MeasuredSteps {
  readonly #version: string;
  readonly #done: Step[];
  readonly #stage: StepTeller;
  readonly #requests: SteadyRequests;
  #current: { readonly weight: number; readonly measurement: Measurement } | undefined;
  #toldAtMs = 0;

  constructor(version: string, done: Step[], stage: StepTeller, requests: SteadyRequests) {
    this.#version = version;
    this.#done = done;
    this.#stage = stage;
    this.#requests = requests;
  }

  get isOpen(): boolean {
    return this.#current !== undefined;
  }

  /** Takes in the weight of now. */
  follow({ weight, isPromoting }: RolloutState): void {
    if (weight !== this.#current?.weight) {
      this.close();
      if (weight > 0 && !isPromoting) this.#current = { weight, measurement: this.#requests.measure(ingressLagMs) };
    }
    const nowMs = this.#stage.env.clock.monotonic();
    if (this.#current === undefined || nowMs - this.#toldAtMs < toldEveryMs) return;
    this.#toldAtMs = nowMs;
    this.#stage.tell({ event: 'measuring', ...this.#step(this.#current) });
  }

  /** Ends the step that is open, if one is. */
  close(): void {
    if (this.#current === undefined) return;
    const step = this.#step(this.#current);
    this.#current = undefined;
    this.#done.push(step);
    this.#stage.tell({ event: 'step', ...step });
  }

  #step({ weight, measurement }: { readonly weight: number; readonly measurement: Measurement }): Step {
    const share = measurement.share(this.#version);
    const rounded = share === undefined ? undefined : Math.round(share * 10) / 10;
    return { version: this.#version, weight, share: rounded, answers: measurement.answers };
  }
}
