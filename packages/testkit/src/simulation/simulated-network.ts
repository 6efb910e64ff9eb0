import {
  sleep,
  type Env,
  type Random,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from '@canaryop/reconcile/env';

import type { Fault, FaultKind, Plan } from './fault.ts';
import { siteOf } from './fault.ts';
import { faultyWatch } from './faulty-watch.ts';
import { refusal, reset, response as answerOf, unreachable } from './refusal.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { Trace, TracedRequest } from './trace.ts';

/** What the network of a run is made of. */
export interface NetworkOptions {
  readonly env: Pick<Env, 'clock' | 'timers'>;
  /** Of latencies. */
  readonly random: Random;
  readonly plan: Plan;
  readonly trace: Trace;
  /** Changes an annotation of the object at a path, as somebody else would. */
  readonly touch: (path: string) => void;
  /** Forgets the history of the API server. */
  readonly expire: () => void;
  /** Told that a fault killed a process. */
  readonly onDeath: (process: SimulatedProcess) => void;
}

const latencyMs = 4;
const never = new Promise<never>(() => undefined);

/** Carries the requests of all processes of an operator, counts them, and lets the plan's faults happen. */
export class SimulatedNetwork {
  /** Requests with a number so far: all but watches and those about leases. */
  readonly methods: string[] = [];
  /** Events that watches brought so far. */
  events = 0;
  /** When the last request with a number was sent, or answered. */
  lastRequestMs: number;
  readonly #options: NetworkOptions;
  readonly #faults = new Map<string, Fault[]>();
  readonly #struck = new Set<Fault>();
  #awayUntilMs = 0;
  #outage = new AbortController();
  /** Faults that take time, and have not ended. */
  #ongoing = 0;
  /** Whether the reader of a watch that has fallen silent is still waiting. */
  readonly #silences: (() => boolean)[] = [];

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.lastRequestMs = options.env.clock.now();
    for (const fault of options.plan) {
      const key = `${siteOf(fault)} ${fault.at}`;
      this.#faults.set(key, [...(this.#faults.get(key) ?? []), fault]);
    }
  }

  /** Faults that happened. */
  get struck(): readonly Fault[] {
    return [...this.#struck];
  }

  /** From now on nothing goes wrong any more: what is left of the plan does not happen. */
  heal(): void {
    this.#faults.clear();
  }

  /** Whether a fault is still going on: a server that is away, a request that is late, a watch that is silent. */
  get isDisturbed(): boolean {
    return this.#ongoing > 0 || this.#isAway || this.#silences.some((isWaiting) => isWaiting());
  }

  /** The way of a process to the API server. */
  transportOf(process: SimulatedProcess, server: Transport): Transport {
    return {
      close: () => server.close(),
      request: (request) => interruptibleAnswer(this.#carry(process, server, request), request.signal),
    };
  }

  async #carry(process: SimulatedProcess, server: Transport, request: TransportRequest): Promise<TransportResponse> {
    const { pathname, searchParams } = new URL(request.url);
    if (searchParams.get('watch') === 'true') return this.#watch(process, server, request);
    if (/\/leases(\/|$)/u.test(pathname)) return this.#plain(process, server, request);
    return this.#counted(process, server, request);
  }

  async #counted(process: SimulatedProcess, server: Transport, request: TransportRequest): Promise<TransportResponse> {
    const traced = this.#note(process, request, this.methods.push(request.method));
    const number = this.methods.length;
    this.lastRequestMs = this.#now;
    const faults = this.#at('request', number);
    const has = (kind: FaultKind): Fault | undefined => faults.find((fault) => fault.kind === kind);
    if (has('die-before') !== undefined) return this.#die(process, traced, 'never sent: the process died');
    this.#goAway(has('away'));
    try {
      await this.#wait(this.#latency());
      await this.#during(has('late')?.amount);
      if (has('conflict') !== undefined && changesAnObject(request)) this.#options.touch(new URL(request.url).pathname);
      const answer = await this.#arrive(server, request, has);
      this.lastRequestMs = this.#now;
      if (has('die-after') !== undefined)
        return await this.#die(process, traced, `${answer.status}, and the process died`);
      this.#pause(process, has('pause'));
      await this.#wait(this.#latency());
      await this.#during(has('slow')?.amount);
      if (has('unanswered') !== undefined) throw reset();
      this.#options.trace.answer(traced, String(answer.status));
      return answer;
    } catch (error) {
      this.#options.trace.answer(traced, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** A request at the server's door. */
  async #arrive(
    server: Transport,
    request: TransportRequest,
    has: (kind: FaultKind) => Fault | undefined,
  ): Promise<TransportResponse> {
    if (this.#isAway) throw unreachable();
    if (has('unsent') !== undefined) throw reset();
    const throttled = has('throttled');
    if (throttled !== undefined) return refusal(429, throttled.amount);
    const refused = has('refused');
    if (refused !== undefined) return refusal(refused.amount ?? 500);
    return whole(server, request);
  }

  /** About a lease: it has no number, because renewals go on for ever. */
  async #plain(process: SimulatedProcess, server: Transport, request: TransportRequest): Promise<TransportResponse> {
    const traced = this.#note(process, request);
    await this.#wait(this.#latency());
    if (this.#isAway) throw unreachable();
    const answer = await whole(server, request);
    this.#options.trace.answer(traced, String(answer.status));
    return answer;
  }

  async #watch(process: SimulatedProcess, server: Transport, request: TransportRequest): Promise<TransportResponse> {
    this.#note(process, request);
    await this.#wait(this.#latency());
    if (this.#isAway) throw unreachable();
    const end = new AbortController();
    const outage = this.#outage.signal;
    outage.addEventListener('abort', () => {
      end.abort(reset());
    });
    request.signal?.addEventListener('abort', () => {
      end.abort(request.signal?.reason);
    });
    const answer = await server.request({ ...request, signal: end.signal });
    if (answer.status !== 200) return answer;
    return faultyWatch(answer, {
      next: (line) => {
        this.#options.trace.event(this.#now, process.name, line);
        this.events += 1;
        return this.#at('event', this.events);
      },
      wait: (milliseconds) => this.#during(milliseconds),
      latencyMs: () => this.#latency(),
      silence: () => {
        this.#silences.push(() => !process.isDead && !end.signal.aborted);
        return never;
      },
      expire: this.#options.expire,
      end: end.signal,
    });
  }

  #note(process: SimulatedProcess, { method, url, body }: TransportRequest, number?: number): TracedRequest {
    const { pathname, search } = new URL(url);
    const isNumbered = number !== undefined;
    const traced: TracedRequest = {
      atMs: this.#now,
      process: process.name,
      number,
      method,
      path: isNumbered ? pathname : `${pathname}${search}`,
      body: isNumbered && typeof body === 'string' ? body : '',
      outcome: 'no answer',
    };
    this.#options.trace.add(traced);
    return traced;
  }

  #at(site: 'request' | 'event', number: number): readonly Fault[] {
    const faults = this.#faults.get(`${site} ${number}`) ?? [];
    for (const fault of faults) this.#struck.add(fault);
    return faults;
  }

  #die(process: SimulatedProcess, traced: TracedRequest, outcome: string): Promise<never> {
    this.#options.trace.answer(traced, outcome);
    process.kill();
    this.#options.onDeath(process);
    return never;
  }

  #goAway(fault: Fault | undefined): void {
    if (fault === undefined) return;
    this.#awayUntilMs = Math.max(this.#awayUntilMs, this.#now + (fault.amount ?? 0) * 1000);
    this.#outage.abort();
    this.#outage = new AbortController();
  }

  #pause(process: SimulatedProcess, fault: Fault | undefined): void {
    if (fault === undefined) return;
    process.pause();
    this.#ongoing += 1;
    this.#options.env.timers.schedule((fault.amount ?? 0) * 1000, () => {
      this.#ongoing -= 1;
      process.resume();
    });
  }

  /** A part of a fault that takes time. */
  async #during(milliseconds = 0): Promise<void> {
    if (milliseconds === 0) return;
    this.#ongoing += 1;
    await this.#wait(milliseconds);
    this.#ongoing -= 1;
  }

  #wait(milliseconds: number): Promise<void> {
    return sleep(this.#options.env.timers, milliseconds);
  }

  #latency(): number {
    return Math.ceil(this.#options.random.next() * latencyMs);
  }

  get #now(): number {
    return this.#options.env.clock.now();
  }

  get #isAway(): boolean {
    return this.#now < this.#awayUntilMs;
  }
}

function changesAnObject({ method }: TransportRequest): boolean {
  return method !== 'GET' && method !== 'POST';
}

/** Sends a request that its sender can no longer call back, and reads the whole answer. */
async function whole(server: Transport, request: TransportRequest): Promise<TransportResponse> {
  const { signal: _signal, ...sent } = request;
  const { status, headers, body } = await server.request(sent);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return answerOf(status, headers, Buffer.concat(chunks).toString('utf8'));
}

/** The answer, unless its reader gives up before: the request goes on all the same. */
function interruptibleAnswer(answer: Promise<TransportResponse>, signal?: AbortSignal): Promise<TransportResponse> {
  if (signal === undefined) return answer;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    void answer.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}
