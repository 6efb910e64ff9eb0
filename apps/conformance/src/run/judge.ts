import { differences, type Difference } from '../compare/difference.ts';
import { explanationOf } from '../compare/explained/explained.ts';
import { comparable, type Comparable } from '../compare/normalize.ts';
import { play } from '../play/player.ts';
import type { ConformanceServer } from '../play/server.ts';
import type { Sequence } from '../sequence/operation.ts';

/** Gives each play a word that no server has seen. */
export type NewWord = () => string;

/** The two servers of a comparison. */
export interface Contestants {
  /** A simkube for one sequence. */
  readonly simulated: (seed: number) => Promise<ConformanceServer & { close(): Promise<void> }>;
  readonly real: ConformanceServer;
  readonly newWord: NewWord;
}

/** What came of one sequence. */
export interface Judgement {
  readonly sequence: Sequence;
  /** What nothing explains, in the order of the operations. */
  readonly unexplained: readonly Difference[];
  /** Names of the explanations that were needed. */
  readonly explanations: readonly string[];
  /** What the real server answered. */
  readonly expected: readonly Comparable[];
  readonly simulatedMs: number;
  readonly realMs: number;
}

/** Plays a sequence on both servers and compares. */
export async function judge(sequence: Sequence, { simulated, real, newWord }: Contestants): Promise<Judgement> {
  const start = real.now();
  const word = newWord();
  const expected = comparable(await play(sequence, real, word), sequence);
  const middle = real.now();
  const answered = await playSimulated(sequence, await simulated(sequence.seed), word);
  const end = real.now();
  const { unexplained, explanations } = sorted(differences(sequence, answered, expected), sequence);
  return { sequence, unexplained, explanations, expected, simulatedMs: end - middle, realMs: middle - start };
}

/** What a simkube answers to a sequence, comparable. Closes the server. */
export async function playSimulated(
  sequence: Sequence,
  server: ConformanceServer & { close(): Promise<void> },
  word: string,
): Promise<readonly Comparable[]> {
  try {
    return comparable(await play(sequence, server, word), sequence);
  } finally {
    await server.close();
  }
}

/** Differences with and without an explanation. */
export function sorted(
  all: readonly Difference[],
  { operations }: Sequence,
): Pick<Judgement, 'unexplained' | 'explanations'> {
  const unexplained: Difference[] = [];
  const explanations: string[] = [];
  for (const difference of all) {
    const explanation = explanationOf(difference, operations.slice(0, operations.indexOf(difference.operation)));
    if (explanation === undefined) unexplained.push(difference);
    else explanations.push(explanation.name);
  }
  return { unexplained, explanations };
}

/** What kind of difference it is: the same for all that have the same cause, or nearly so. */
export function signature({ operation, at, simulated, real }: Difference): string {
  const type = operation.headers?.['content-type']?.replace('application/', '') ?? '';
  const path = operation.path.replace(/\/(?:\{\{ns\}\}-)?[abc](?=\/|$)/u, '/NAME').replace('/namespaces/{{ns}}/', '/');
  const place = at.replaceAll(/\.\d+/gu, '[]').replaceAll(/"uid":"[^"]*"/gu, '"uid":…');
  const shown = at === 'status' ? `${shortly(simulated)} not ${shortly(real)}` : '';
  return [operation.method, type, path, operation.watch === undefined ? '' : 'watch', place, shown]
    .filter((part) => part !== '')
    .join(' ');
}

function shortly(value: unknown): string {
  return JSON.stringify(value).slice(0, 160);
}
