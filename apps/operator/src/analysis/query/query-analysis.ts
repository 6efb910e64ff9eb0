import type { OwnedSpec } from '../../api/v1/canaryapp.ts';
import type { Analysis, Inquiry } from '../analysis.ts';
import { queryVerdict } from './query-verdict.ts';
import { rangeQuestion } from './range-question.ts';

/** One range query that must find nothing (spec.prometheusQuery), before the first weight and while there is traffic. */
export function queryAnalysis(spec: Pick<OwnedSpec, 'prometheusQuery' | 'prometheusURL'>): Analysis {
  return {
    inquire: ({ when, now, since }) => (when === 'after' ? nobodyToTell : inquiry(spec, now, since)),
  };
}

const nobodyToTell: Inquiry = {
  questions: [],
  judge: () => ({ verdict: 'pass', detail: 'nobody is told', measured: [] }),
};

function inquiry(
  spec: Pick<OwnedSpec, 'prometheusQuery' | 'prometheusURL'>,
  now: number,
  since: number | undefined,
): Inquiry {
  return {
    questions: [rangeQuestion(spec, now, since)],
    judge: ([answer]) => ({ ...queryVerdict(answer), measured: [] }),
  };
}
