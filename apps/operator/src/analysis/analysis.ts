import type { RunOutcome } from '../api/v1/canaryapp.ts';
import type { Revision } from '../api/v1/revision.ts';
import type { When } from '../rollout/decision.ts';
import type { Measured, PodFacts, Verdict } from '../rollout/observed.ts';
import type { Answer, Question } from './question.ts';

/** What a check is about. Times are milliseconds since the epoch. */
export interface Moment {
  readonly revision: Revision;
  readonly when: When;
  readonly now: number;
  /** When the revision got traffic first; absent: it had none. */
  readonly since?: number;
  /** Pods of the revision on trial, where they are looked at one by one. */
  readonly pods?: readonly PodFacts[];
  /** How the run ended; only after its end. */
  readonly outcome?: RunOutcome;
}

/** What the answers to a check say of the release. */
export interface Finding {
  readonly verdict: Verdict;
  /** For people: numbers and error classes, never a body; at most 512 characters. */
  readonly detail: string;
  readonly measured: readonly Measured[];
}

/** One check: what to ask, and what the answers mean. */
export interface Inquiry {
  readonly questions: readonly Question[];
  /** @param answers one for each question, in the order of the questions */
  judge(answers: readonly Answer[]): Finding;
}

/**
 * How releases of one application are judged. Pure: from a moment to an inquiry. At every moment of the same `when`
 * there are as many questions, in the same order, to the same URLs: each is asked at its own turn.
 */
export interface Analysis {
  inquire(moment: Moment): Inquiry;
}
