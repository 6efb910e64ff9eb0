import type { LoggedProblem } from './simulated-process.ts';
import { requestText, type TracedRequest } from './trace.ts';

/** What went wrong in a run, for people. */
export interface RunFailure {
  readonly what: string;
  /** What diverged, as a diff; or what was asked for. */
  readonly details: readonly string[];
  /** The last requests of the operator. */
  readonly requests: readonly string[];
  /** The last warnings and errors that it logged. */
  readonly problems: readonly string[];
}

const mostRequests = 15;
const mostProblems = 5;

/** A failure with the last of what was going on. */
export function runFailure(
  what: string,
  details: readonly string[],
  seen: {
    readonly requests: readonly TracedRequest[];
    readonly problems: readonly LoggedProblem[];
    readonly startMs: number;
  },
): RunFailure {
  const numbered = seen.requests.filter(({ number }) => number !== undefined);
  return {
    what,
    details,
    requests: numbered.slice(-mostRequests).map((request) => requestText(request, seen.startMs)),
    problems: seen.problems.slice(-mostProblems).map(problemText),
  };
}

/** A logged line for people. */
export function problemText({ process, message, fields }: LoggedProblem): string {
  const { error, controller, namespace, name } = fields;
  const where = [controller, namespace, name].filter((part) => typeof part === 'string').join(' ');
  const cause = error === undefined ? '' : `: ${messageOf(error)}`;
  return `${process}  ${message}${where === '' ? '' : ` (${where})`}${cause}`;
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
