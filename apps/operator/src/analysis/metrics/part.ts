import type { Answer, Question } from '../question.ts';
import type { Judged } from './metric-verdict.ts';

/** One part of a check: its own questions, and what its own answers mean. */
export interface Part {
  readonly questions: readonly Question[];
  judge(answers: readonly Answer[]): Judged;
}
