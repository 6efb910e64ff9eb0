import { startDeadline, type Env } from '@canaryop/reconcile/env';

import type { Resolve } from './endpoints.ts';

/** How long one lookup may take, and how long its answer, also a refusal, is used again. In milliseconds. */
const lookupMs = 2_000;
const keptMs = 5_000;

interface Lookup {
  readonly since: number;
  readonly addresses: Promise<readonly string[]>;
}

/**
 * Looks each name up once for everybody who asks within five seconds, and gives up after two. The system resolver
 * blocks one of the process's few I/O threads for as long as a name server is silent: hundreds of checks of one
 * Prometheus must not take them all.
 */
export function sharedLookup(resolve: Resolve, { clock, timers }: Pick<Env, 'clock' | 'timers'>): Resolve {
  const lookups = new Map<string, Lookup>();
  return (host) => {
    const now = clock.monotonic();
    for (const [name, { since }] of lookups) if (now - since >= keptMs) lookups.delete(name);
    const known = lookups.get(host);
    if (known !== undefined) return known.addresses;
    const addresses = bounded(resolve(host), timers);
    lookups.set(host, { since: now, addresses });
    return addresses;
  };
}

function bounded<T>(answer: Promise<T>, timers: Env['timers']): Promise<T> {
  const deadline = startDeadline(timers, lookupMs, undefined);
  const late = new Promise<never>((_resolve, reject) => {
    deadline.signal.addEventListener('abort', () => {
      reject(new Error(`no name server answered within ${lookupMs} ms`));
    });
  });
  return Promise.race([answer, late]).finally(() => {
    deadline.end();
  });
}
