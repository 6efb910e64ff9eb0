import type { Answer, Question } from './question.ts';

/** Asks one kind of backend. Never rejects: not getting an answer is an answer. */
export interface MetricProvider<Q extends Question = Question> {
  ask(question: Q, signal: AbortSignal): Promise<Answer>;
}
