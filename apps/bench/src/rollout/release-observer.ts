import { VirtualService } from '@canaryop/operator';
import { createCache } from '@canaryop/reconcile/cache';
import { sleep, type Env } from '@canaryop/reconcile/env';
import type { ControlPlane } from '@canaryop/testkit/control-plane';

import type { Destination, Reading } from './peer.ts';
import type { Timeline } from './timeline.ts';

interface Seen {
  weight?: number;
  isAtRest: boolean;
  release?: { changedMs: number; weights: { atMs: number; weight: number }[]; promotedMs?: number };
}

/** Watches applications from outside, as somebody with `kubectl get --watch` would. */
export class ReleaseObserver {
  readonly #env: Env;
  readonly #seen = new Map<string, Seen>();
  readonly #stop = new AbortController();
  #wake: () => void = () => undefined;

  private constructor(env: Env) {
    this.#env = env;
  }

  /** Resolves when it has seen all that is there. */
  static async start(env: Env, plane: ControlPlane, reading: Reading): Promise<ReleaseObserver> {
    const observer = new ReleaseObserver(env);
    const cache = createCache({ env, connection: plane.connection, fieldManager: 'bench-observer' });
    cache.informer(VirtualService).onChange((change) => {
      if (change.type !== 'deleted') observer.#routed(change.object, reading);
    });
    cache.informer(reading.kind).onChange((change) => {
      if (change.type === 'deleted') return;
      observer.#of(change.object.metadata.name).isAtRest = reading.isAtRest(change.object);
      observer.#changed(change.object.metadata.name);
    });
    void cache.start(observer.#stop.signal);
    await cache.synced();
    return observer;
  }

  /** A release begins: somebody sends the change of this application now. */
  begin(name: string): void {
    this.#of(name).release = { changedMs: this.#env.clock.monotonic(), weights: [] };
  }

  /** What was seen since `begin`. */
  timeline(name: string): Timeline {
    const { release } = this.#of(name);
    if (release === undefined) throw new Error(`no release of ${name} has begun`);
    return release;
  }

  /** Whether it has routes, and its operator has nothing to do. */
  isInstalled(name: string): boolean {
    const { weight, isAtRest } = this.#of(name);
    return weight === 0 && isAtRest;
  }

  isPromoted(name: string): boolean {
    return this.timeline(name).promotedMs !== undefined;
  }

  /** Resolves with how many of `names` are not what `isReached` asks for: 0, or more when `patienceMs` are over. */
  async until(
    names: readonly string[],
    isReached: (name: string) => boolean,
    { patienceMs, check }: { readonly patienceMs: number; readonly check: () => void },
  ): Promise<number> {
    const { clock, timers } = this.#env;
    const untilMs = clock.monotonic() + patienceMs;
    const waiting = new Set(names);
    for (;;) {
      check();
      for (const name of waiting) if (isReached(name)) waiting.delete(name);
      if (waiting.size === 0 || clock.monotonic() > untilMs) return waiting.size;
      await Promise.race([this.#anyChange(), sleep(timers, 1000)]);
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  #routed({ metadata, spec }: VirtualService, { isNew }: Reading): void {
    const seen = this.#of(metadata.name);
    const weight = spec.http
      .flatMap(({ route }) => route)
      .filter(({ destination }) => isNew(destination as Destination))
      .reduce((sum, each) => sum + (each.weight ?? 0), 0);
    if (weight === seen.weight) return;
    seen.weight = weight;
    seen.release?.weights.push({ atMs: this.#env.clock.monotonic(), weight });
    this.#changed(metadata.name);
  }

  #changed(name: string): void {
    const { release, weight, isAtRest } = this.#of(name);
    const hadTraffic = release?.weights.some((each) => each.weight > 0) === true;
    if (hadTraffic && weight === 0 && isAtRest) release.promotedMs ??= this.#env.clock.monotonic();
    this.#wake();
  }

  #of(name: string): Seen {
    let seen = this.#seen.get(name);
    if (seen === undefined) this.#seen.set(name, (seen = { isAtRest: false }));
    return seen;
  }

  #anyChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
