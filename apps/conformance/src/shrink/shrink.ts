import { judge, signature, type Contestants, type Judgement } from '../run/judge.ts';
import type { Operation, Sequence } from '../sequence/operation.ts';
import { simpler } from './simpler.ts';

/** Plays of one shrinking: enough for most, and few seconds. */
const maxPlays = 80;

/**
 * The shortest case found that shows the same difference: operations are dropped, in halves first, then options and
 * fields of those that are left.
 */
export async function shrink(found: Judgement, contestants: Contestants): Promise<Judgement> {
  const [first] = found.unexplained;
  if (first === undefined) return found;
  const search = new Search(signature(first), found, contestants);
  await search.attempt(upTo(found.sequence.operations, first.operation.id));
  await search.dropOperations();
  await search.simplifyOperations();
  return search.best;
}

function upTo(operations: readonly Operation[], id: number): readonly Operation[] {
  return operations.slice(0, operations.findIndex((operation) => operation.id === id) + 1);
}

class Search {
  readonly #wanted: string;
  readonly #contestants: Contestants;
  #plays = 0;
  best: Judgement;

  constructor(wanted: string, found: Judgement, contestants: Contestants) {
    this.#wanted = wanted;
    this.best = found;
    this.#contestants = contestants;
  }

  get #operations(): readonly Operation[] {
    return this.best.sequence.operations;
  }

  /** Keeps the operations when they still show the difference. */
  async attempt(operations: readonly Operation[]): Promise<boolean> {
    if (operations.length === 0 || this.#plays >= maxPlays) return false;
    this.#plays += 1;
    const sequence: Sequence = { ...this.best.sequence, operations };
    const judgement = await judge(sequence, this.#contestants);
    const shows = judgement.unexplained.some((difference) => signature(difference) === this.#wanted);
    if (shows) this.best = judgement;
    return shows;
  }

  async dropOperations(): Promise<void> {
    for (let size = Math.ceil(this.#operations.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < this.#operations.length - 1;) {
        const kept = this.#operations.filter(
          (_, index) => index < at || index >= Math.min(at + size, this.#operations.length - 1),
        );
        const isDropped = kept.length < this.#operations.length && (await this.attempt(kept));
        if (!isDropped) at += size;
      }
    }
  }

  async simplifyOperations(): Promise<void> {
    for (let at = this.#operations.length - 1; at >= 0; at -= 1) {
      const isSimplified = await this.#simplify(at);
      // What was simplified may be simpler still.
      if (isSimplified) at += 1;
    }
  }

  async #simplify(at: number): Promise<boolean> {
    const operation = this.#operations[at];
    if (operation === undefined) return false;
    for (const candidate of simpler(operation)) {
      if (await this.attempt(this.#operations.with(at, candidate))) return true;
      if (this.#plays >= maxPlays) return false;
    }
    return false;
  }
}
