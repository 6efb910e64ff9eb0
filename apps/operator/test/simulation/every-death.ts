import type { Transport } from '@canaryop/reconcile/env';
import { crashingTransport, type CrashingTransport, type CrashPoint } from '@canaryop/testkit';
import { expect, it } from 'vitest';

/**
 * When, relative to one request, the process dies: before it is sent, or before its answer. Right after its answer is
 * no moment of its own: what the process knows is lost with it, and what the server did is the same.
 */
const moments = ['before it is sent', 'before its answer'] as const;

/** The death of a simulation's first operator process, at a chosen request; without a point it lives on. */
export class OneDeath {
  readonly #point: CrashPoint | undefined;
  #first: CrashingTransport | undefined;
  #kill: (() => void) | undefined;
  #needsSuccessor = false;

  constructor(point?: CrashPoint) {
    this.#point = point;
  }

  /** Wraps the connections of operator processes: of the first the requests are counted, and those after it live. */
  readonly wrap = (inner: Transport): Transport => {
    if (this.#first !== undefined) return inner;
    this.#first = crashingTransport(inner, {
      point: this.#point,
      counts: ({ url }) => this.#kill !== undefined && !url.includes('watch='),
      die: () => {
        this.#kill?.();
        this.#needsSuccessor = true;
      },
    });
    return this.#first;
  };

  /** From here on requests count, and at the chosen one `kill` is called. */
  arm(kill: () => void): void {
    this.#kill = kill;
  }

  /** Requests that were counted so far. */
  get requests(): number {
    return this.#first?.requests ?? 0;
  }

  /** Calls `succeed` if the process has died since this was asked last. */
  replace(succeed: () => void): void {
    if (!this.#needsSuccessor) return;
    this.#needsSuccessor = false;
    succeed();
  }
}

/** How often a told story asked the API server, and what was there at its end. */
export interface Told {
  readonly requests: number;
  readonly end: object;
}

/**
 * Tells a story undisturbed, and then once for each of its requests and each moment around it, at which the operator
 * dies. Every end must be that of the undisturbed one.
 * @param expected of the end of all of them, and of how many requests it takes at least
 */
export function itSurvivesEveryDeath(
  tell: (point?: CrashPoint) => Promise<Told>,
  expected: { readonly requests: number; readonly end: object },
): void {
  it.each(moments)(
    'ends the same when the operator dies at any request, %s',
    async (moment) => {
      const plain = await tell();
      expect(plain.end).toMatchObject(expected.end);
      expect(plain.requests).toBeGreaterThanOrEqual(expected.requests);
      for (let request = 1; request <= plain.requests; request += 1) {
        const { end } = await tell({ request, moment });
        expect(end, `killed at request ${request}, ${moment}`).toEqual(plain.end);
      }
    },
    300_000,
  );
}
