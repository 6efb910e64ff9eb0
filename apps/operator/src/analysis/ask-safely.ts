import type { MetricProvider } from './metric-provider.ts';
import type { Answer, Question } from './question.ts';

/** Asks a provider that must not reject, and takes it for an error if it does. */
export function askSafely(provider: MetricProvider, question: Question, signal: AbortSignal): Promise<Answer> {
  return provider.ask(question, signal).catch((error: unknown): Answer => ({
    kind: 'error',
    errorClass: error instanceof Error ? error.name : 'unknown',
  }));
}
