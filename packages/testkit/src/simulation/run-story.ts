import { seededRandom, virtualEnv, type VirtualEnv } from '@canaryop/reconcile/testing';
import type { KubernetesObject } from '@canaryop/reconcile/object';

import { differenceOf } from './difference.ts';
import type { Plan } from './fault.ts';
import type { Shape } from './fault-family.ts';
import { fixedPointOf, type FixedPoint } from './fixed-point.ts';
import { OperatorProcesses } from './operator-processes.ts';
import { messageOf, problemText, runFailure, type RunFailure } from './run-failure.ts';
import { startSurroundings, userOf, type Surroundings } from './simulated-cluster.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import type { SimulatedCluster, Story } from './story.ts';
import { requestText, Trace, type TracedRequest } from './trace.ts';

/** What a run was. */
export interface RunOutcome {
  readonly shape: Shape;
  readonly fixedPoint: FixedPoint;
  /** Two runs with the same hash did the same. */
  readonly traceHash: string;
  readonly virtualMs: number;
  /** Faults that happened; of a plan some may not come to pass. */
  readonly struck: Plan;
  readonly failure: RunFailure | undefined;
}

/** One run of a story. */
export interface RunInput {
  readonly story: Story;
  readonly seed: number;
  readonly plan: Plan;
  /** Where the run without faults came to rest; absent for that run itself. */
  readonly expected?: FixedPoint;
}

const defaults = {
  quietMs: 60_000,
  restMs: 60_000,
  limitMs: 3_600_000,
  limitRequests: 500,
  readsAtRest: false,
};

/** Tells a story once, with the faults of a plan. The same seed and plan give the same run, request by request. */
export function runStory(input: RunInput): Promise<RunOutcome> {
  return new Run(input).tell();
}

class Run {
  readonly #input: RunInput;
  readonly #options: typeof defaults & Story['options'];
  readonly #env: VirtualEnv;
  readonly #startMs: number;
  readonly #surroundings: Surroundings;
  readonly #network: SimulatedNetwork;
  readonly #processes: OperatorProcesses;
  readonly #user: SimulatedCluster;
  readonly #trace = new Trace();
  /** Changes of anything but leases and events. */
  #changes = 0;
  #lastChangeMs: number;
  #failure: RunFailure | undefined;

  constructor(input: RunInput) {
    const { story, seed, plan } = input;
    this.#input = input;
    this.#options = { ...defaults, ...story.options };
    this.#env = virtualEnv({ seed: streamOf(seed, 0) });
    this.#startMs = this.#env.clock.now();
    this.#lastChangeMs = this.#startMs;
    this.#surroundings = startSurroundings(this.#env, story, (what) => {
      this.#fail('it does what its controllers do not declare: see ControllerBuilder.may', [what]);
    });
    const { server } = this.#surroundings;
    this.#network = new SimulatedNetwork({
      env: this.#env,
      random: seededRandom(streamOf(seed, 1)),
      plan,
      trace: this.#trace,
      touch: (path) => {
        this.#surroundings.touch(path);
      },
      expire: () => {
        server.compact();
      },
      onDeath: (process) => {
        this.#processes.replace(process);
      },
    });
    this.#processes = new OperatorProcesses({
      env: this.#env,
      story,
      surroundings: this.#surroundings,
      network: this.#network,
      seedOf: (number) => streamOf(seed, 1 + number),
      onUnfenced: (what, request) => {
        this.#fail(what, [request]);
      },
    });
    this.#user = userOf(this.#env, server, () => this.#network.lastRequestMs);
    server.core.storage.observe((record) => {
      this.#onChange(record.object);
    });
  }

  async tell(): Promise<RunOutcome> {
    const { scripts, expectations } = this.#input.story;
    this.#processes.startAll();
    for (const script of scripts) await this.#drive('the story could not be told', () => script(this.#user));
    await this.#comeToRest();
    this.#network.heal();
    await this.#stayAtRest();
    await this.#startAnew();
    for (const expect of expectations)
      await this.#drive('what is expected of the end does not hold', () => expect(this.#user));
    this.#processes.killAll();
    await this.#surroundings.stop();
    return {
      shape: { requests: this.#network.methods, events: this.#network.events },
      fixedPoint: this.#fixedPoint(),
      traceHash: this.#trace.hash(),
      virtualMs: Math.round(this.#env.clock.monotonic()),
      struck: this.#network.struck,
      failure: this.#failure,
    };
  }

  /** Lets time pass until what a story does is done. */
  async #drive(what: string, act: () => Promise<void> | void): Promise<void> {
    if (this.#failure !== undefined) return;
    let isDone = false;
    void Promise.resolve()
      .then(act)
      .catch((error: unknown) => {
        this.#fail(what, messageOf(error).split('\n'));
      })
      .finally(() => {
        isDone = true;
      });
    if (!(await this.#until(() => isDone))) this.#fail(what, ['it did not end']);
  }

  /** Whether the condition came to hold within the limits, and nothing failed. */
  async #until(condition: () => boolean): Promise<boolean> {
    const { limitMs, limitRequests } = this.#options;
    const endMs = this.#env.clock.now() + limitMs;
    let holds = false;
    const isOver = (): boolean => {
      if (this.#network.methods.length > limitRequests) this.#failBusy();
      holds = this.#failure === undefined && condition();
      return holds || this.#failure !== undefined || this.#env.clock.now() >= endMs;
    };
    await this.#env.time.until(isOver, Infinity);
    return holds;
  }

  async #comeToRest(): Promise<void> {
    const { expected } = this.#input;
    let seen = -1;
    let isReached = expected === undefined;
    const isThere = (): boolean => {
      if (this.#network.isDisturbed) return false;
      if (expected !== undefined && seen !== this.#changes) isReached = this.#difference().length === 0;
      seen = this.#changes;
      return isReached;
    };
    const what = `it does not come to rest where it does without faults, within ${this.#options.limitMs / 1000} virtual seconds`;
    if (!(await this.#until(isThere))) this.#fail(what, this.#difference());
    else if (!(await this.#quiet())) this.#failBusy();
  }

  /** Lets time pass until nothing has been asked for, changed or disturbed for a while. */
  #quiet(): Promise<boolean> {
    let sinceMs = this.#env.clock.now();
    return this.#until(() => {
      const nowMs = this.#env.clock.now();
      if (this.#network.isDisturbed) sinceMs = nowMs;
      return nowMs - Math.max(this.#network.lastRequestMs, this.#lastChangeMs, sinceMs) >= this.#options.quietMs;
    });
  }

  async #stayAtRest(): Promise<void> {
    if (this.#failure !== undefined) return;
    const requests = await this.#requestsWhile(this.#options.restMs);
    const asked = requests.filter(({ method }) => method !== 'GET' || !this.#options.readsAtRest);
    if (asked.length > 0)
      this.#fail('it does not stay at rest: nothing has changed, and it asks for', this.#textOf(asked));
    this.#compare('it does not stay where it came to rest');
  }

  /** A process that starts has everything to look at again, and nothing to do. */
  async #startAnew(): Promise<void> {
    if (this.#failure !== undefined) return;
    this.#processes.killAll();
    const before = this.#processes.problems.length;
    this.#processes.startAll();
    const writes = (await this.#requestsWhile(this.#options.restMs)).filter(isWrite);
    if (writes.length > 0) this.#fail('nothing has changed, and a process that starts writes', this.#textOf(writes));
    const failed = this.#processes.problems.slice(before).find(({ message }) => message.startsWith('reconcile failed'));
    if (failed !== undefined) this.#fail('nothing is left to do, and a reconcile fails', [problemText(failed)]);
    this.#compare('a process that starts does not leave things as they are');
  }

  /** What an operator asks for in this time, watches and leases aside. */
  async #requestsWhile(milliseconds: number): Promise<readonly TracedRequest[]> {
    const before = this.#trace.requests.length;
    await this.#env.time.advance(milliseconds);
    return this.#trace.requests.slice(before).filter(({ number }) => number !== undefined);
  }

  #compare(what: string): void {
    const difference = this.#difference();
    if (difference.length > 0) this.#fail(what, difference);
  }

  #difference(): readonly string[] {
    const { expected } = this.#input;
    return expected === undefined ? [] : differenceOf(expected, this.#fixedPoint());
  }

  #fixedPoint(): FixedPoint {
    return fixedPointOf(this.#surroundings.objects(), this.#options.view);
  }

  #onChange(object: KubernetesObject): void {
    if (object.kind === 'Lease' || object.kind === 'Event') return;
    this.#changes += 1;
    this.#lastChangeMs = this.#env.clock.now();
    for (const { name, check } of this.#input.story.invariants) {
      try {
        check(this.#user);
      } catch (error) {
        this.#fail(`the invariant "${name}" does not hold`, messageOf(error).split('\n'));
      }
    }
  }

  #textOf(requests: readonly TracedRequest[]): readonly string[] {
    return requests.slice(0, 10).map((request) => requestText(request, this.#startMs));
  }

  #failBusy(): void {
    const { length } = this.#network.methods;
    this.#fail(`it does not come to rest: ${length} requests, ${this.#options.limitMs / 1000} virtual seconds`, []);
  }

  /** The first failure ends the run. */
  #fail(what: string, details: readonly string[]): void {
    const { requests } = this.#trace;
    const { problems } = this.#processes;
    this.#failure ??= runFailure(what, details, { requests, problems, startMs: this.#startMs });
  }
}

/** Telling of events is allowed to anybody at any time. */
function isWrite({ method, path }: TracedRequest): boolean {
  return method !== 'GET' && !/\/events(\/|$)/u.test(path);
}

/** Random sequences of one seed that do not depend on each other. */
function streamOf(seed: number, stream: number): number {
  return (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0;
}
