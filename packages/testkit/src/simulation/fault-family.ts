import type { Random } from '@canaryop/reconcile/env';

import type { Fault, FaultKind, Plan } from './fault.ts';

/** How much there is to disturb: what the run without faults did. */
export interface Shape {
  /** Methods of the operator's requests, watches and leases aside, in order. */
  readonly requests: readonly string[];
  /** Events that its watches brought. */
  readonly events: number;
}

/** Faults of one sort: what `Simulation.faults` takes. */
export interface FaultFamily {
  readonly name: string;
  /** Draws what goes wrong in one seed. */
  readonly draw?: (random: Random, shape: Shape) => Plan;
  /** Plans that are all tried, each once. */
  readonly each?: (shape: Shape) => readonly Plan[];
  /** Processes of the operator that it takes to show anything; more than one elect a leader. @default 1 */
  readonly replicas?: number;
}

/** A whole number from 0 to `below` - 1. */
export function drawBelow(random: Random, below: number): number {
  return Math.floor(random.next() * below);
}

/** One of them. */
export function drawOne<T>(random: Random, choices: readonly [T, ...(readonly T[])]): T {
  return choices[drawBelow(random, choices.length)] ?? choices[0];
}

/** A request of the run, or one soon after its last: retries and restarts make more of them. */
const someRequest = (random: Random, { requests }: Shape): number =>
  1 + drawBelow(random, Math.ceil(requests.length * 1.5) + 1);
const someEvent = (random: Random, { events }: Shape): number => 1 + drawBelow(random, Math.ceil(events * 1.5) + 1);

function times(random: Random, most: number, draw: () => Fault): Plan {
  return Array.from({ length: 1 + drawBelow(random, most) }, draw);
}

/** The operator dies at requests anywhere, once or more often, and is started again. */
export const crashAnywhere: FaultFamily = {
  name: 'crashAnywhere',
  draw: (random, shape) =>
    times(random, 3, () => ({
      kind: drawOne(random, ['die-before', 'die-after']),
      at: someRequest(random, shape),
    })),
};

/** One death at each request: before it is sent, and after it was applied but before its answer. All are tried. */
export function everyDeath(): FaultFamily {
  return {
    name: 'everyDeath',
    each: ({ requests }) =>
      requests.flatMap((_method, index) =>
        (['die-before', 'die-after'] as const).map((kind) => [{ kind, at: index + 1 }]),
      ),
  };
}

/** Caches are behind: single watches lag by up to a minute while others do not. */
export const stale: FaultFamily = {
  name: 'stale',
  draw: (random, shape) =>
    times(random, 3, () => ({
      kind: 'lag',
      at: someEvent(random, shape),
      amount: drawOne(random, [100, 1000, 5000, 60_000]),
    })),
};

/** Watches break, fall silent, repeat an event, or cannot go on from where they were. */
export const brokenWatches: FaultFamily = {
  name: 'brokenWatches',
  draw: (random, shape) =>
    times(random, 3, () => ({
      kind: drawOne<FaultKind>(random, ['break', 'cut', 'repeat', 'silent', 'expire']),
      at: someEvent(random, shape),
    })),
};

/** Somebody else changes the very object that the operator is about to write. */
export const conflicts: FaultFamily = {
  name: 'conflicts',
  draw: (random, shape) => times(random, 3, () => ({ kind: 'conflict', at: someWrite(random, shape) })),
};

function someWrite(random: Random, shape: Shape): number {
  const writes = shape.requests.flatMap((method, index) => (/^(PATCH|PUT|DELETE)$/u.test(method) ? [index + 1] : []));
  return writes[drawBelow(random, writes.length + 1)] ?? someRequest(random, shape);
}

/** The API server asks to come back later: 429 with Retry-After, shorter and longer than a client waits for. */
export const throttling: FaultFamily = {
  name: 'throttling',
  draw: (random, shape) =>
    times(random, 4, () => ({
      kind: 'throttled',
      at: someRequest(random, shape),
      amount: drawOne(random, [1, 5, 30]),
    })),
};

/** The API server fails: 500, 502, 503, 504. */
export const serverErrors: FaultFamily = {
  name: 'serverErrors',
  draw: (random, shape) =>
    times(random, 4, () => ({
      kind: 'refused',
      at: someRequest(random, shape),
      amount: drawOne(random, [500, 502, 503, 504]),
    })),
};

/** Requests that do not arrive, and answers that do not come back. */
export const lostReplies: FaultFamily = {
  name: 'lostReplies',
  draw: (random, shape) =>
    times(random, 3, () => ({ kind: drawOne(random, ['unsent', 'unanswered']), at: someRequest(random, shape) })),
};

/** Requests and answers that take long, also longer than the client waits: then a write is applied that it gave up on. */
export const slowAnswers: FaultFamily = {
  name: 'slowAnswers',
  draw: (random, shape) =>
    times(random, 3, () => ({
      kind: drawOne(random, ['late', 'slow']),
      at: someRequest(random, shape),
      amount: drawOne(random, [200, 3000, 12_000]),
    })),
};

/** The API server is away for ten minutes. */
export const outage: FaultFamily = {
  name: 'outage',
  draw: (random, shape) => [{ kind: 'away', at: someRequest(random, shape), amount: 600 }],
};

/** Two processes, of which the leader stands still for longer than its lease and then goes on. */
export const twoLeaders: FaultFamily = {
  name: 'twoLeaders',
  replicas: 2,
  draw: (random, shape) =>
    times(random, 2, () => ({ kind: 'pause', at: someRequest(random, shape), amount: drawOne(random, [5, 20, 60]) })),
};

/** Every family that needs one process only: what is tried when a simulation names none. */
export const everyFault: readonly FaultFamily[] = [
  everyDeath(),
  crashAnywhere,
  stale,
  brokenWatches,
  conflicts,
  throttling,
  serverErrors,
  lostReplies,
  slowAnswers,
  outage,
];

/** What goes wrong in a seed: a random part of the families, so that each is also tried without the others. */
export function drawPlan(families: readonly FaultFamily[], random: Random, shape: Shape): Plan {
  const drawable = families.flatMap(({ draw }) => (draw === undefined ? [] : [draw]));
  const [first] = drawable;
  if (first === undefined) return [];
  const chosen = drawable.filter(() => random.next() < 0.5);
  const drawn = chosen.length > 0 ? chosen : [drawOne(random, [first, ...drawable.slice(1)])];
  return drawn.flatMap((draw) => draw(random, shape));
}
