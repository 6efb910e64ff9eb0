import type { Random } from '@canaryop/reconcile/env';

/** Draws from a seeded source, so that the same seed makes the same choices. */
export class Chooser {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.#random.next() * end);
  }

  /** True this often, 0 to 1. */
  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  /** One of the values, each as likely. Throws when there is none. */
  pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new Error('there is nothing to pick from');
    return values[this.below(values.length)] as T;
  }

  /** One of the values, as likely as its weight says. */
  weighted<T>(values: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.#random.next() * values.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of values) {
      left -= weight;
      if (left < 0) return value;
    }
    return this.pick(values)[1];
  }

  /** Some of the values, each with this probability, in their order. */
  some<T>(values: readonly T[], probability: number): readonly T[] {
    return values.filter(() => this.chance(probability));
  }
}
