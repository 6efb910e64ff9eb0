import type { Finding } from '../analysis.ts';
import type { Answer } from '../question.ts';

/**
 * Judges an answer: the query returns a result when the release is bad, so any result is a breach, whatever its
 * values are, and nothing at all is a pass.
 */
export function queryVerdict(answer: Answer | undefined): Pick<Finding, 'verdict' | 'detail'> {
  switch (answer?.kind) {
    case 'empty':
      return { verdict: 'pass', detail: 'the query has no result' };
    case 'result':
      return { verdict: 'breach', detail: `the query has a result (${answer.series} series)` };
    case 'error':
      return { verdict: 'error', detail: `Prometheus gave no answer: ${answer.errorClass}` };
    case 'forbidden':
      return { verdict: 'forbidden', detail: answer.explanation };
    default:
      return { verdict: 'error', detail: 'Prometheus gave no answer: it is not a range of series' };
  }
}
