import { parseArgs } from 'node:util';

/** What `pnpm conformance` was asked for. */
export interface Options {
  /** @default 200 */
  readonly sequences: number;
  /** Of the first sequence. @default 1 */
  readonly seed: number;
  /** Sequences under way at a time. @default 16 */
  readonly concurrency: number;
  readonly json: boolean;
  /** A control plane that is there, instead of one that is started. */
  readonly kubeconfig?: string;
  /** Cases to play again instead of new sequences. */
  readonly replay: readonly string[];
  /** Where the shortest case of each difference is written. @default conformance-cases */
  readonly cases: string;
  /** Differences that are shrunk; the others are listed. @default 10 */
  readonly shrink: number;
}

/** How to call it. */
export const usage = `pnpm conformance [--sequences N] [--seed S] [--concurrency N] [--json]
                 [--kubeconfig FILE] [--cases FOLDER] [--shrink N] [--replay FILE]...

Plays random sequences of requests on simkube and on a real kube-apiserver, and compares the answers.
Each difference that nothing explains is shrunk, written to FOLDER (default conformance-cases), and makes
the exit code 1. --replay plays such a case again.
`;

/** Reads the arguments. Throws, with what is wrong, when they cannot be. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sequences: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      concurrency: { type: 'string', default: '16' },
      json: { type: 'boolean', default: false },
      kubeconfig: { type: 'string' },
      replay: { type: 'string', multiple: true, default: [] },
      cases: { type: 'string', default: 'conformance-cases' },
      shrink: { type: 'string', default: '10' },
    },
  });
  const { json, kubeconfig, replay, cases } = values;
  return {
    sequences: count('sequences', values.sequences),
    seed: count('seed', values.seed),
    concurrency: Math.max(1, count('concurrency', values.concurrency)),
    shrink: count('shrink', values.shrink),
    json,
    replay,
    cases,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}

function count(name: string, text: string): number {
  if (!/^\d+$/u.test(text)) throw new Error(`--${name} ${text} is not a whole number`);
  return Number(text);
}
