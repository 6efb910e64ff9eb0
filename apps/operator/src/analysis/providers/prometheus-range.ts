import type { MetricProvider } from '../metric-provider.ts';
import type { Answer, RangeQuestion } from '../question.ts';
import { queryPrometheus, seconds, type PrometheusData, type Wire } from './prometheus-api.ts';

/** Asks Prometheus whether a query finds anything in a range of time (`/api/v1/query_range`). */
export function prometheusRange(wire: Wire): MetricProvider<RangeQuestion> {
  return {
    async ask(question, signal) {
      const { url, query, startMs, endMs, stepSeconds } = question;
      if (url !== '' && query === '') return { kind: 'error', errorClass: 'prometheusQuery is empty' };
      const form = { query, start: seconds(startMs), end: seconds(endMs), step: String(stepSeconds) };
      const data = await queryPrometheus(wire, question, { path: '/api/v1/query_range', form }, signal);
      return 'kind' in data ? data : rangeAnswer(data);
    },
  };
}

function rangeAnswer({ resultType, result }: PrometheusData): Answer {
  if (resultType !== 'matrix' || !Array.isArray(result)) {
    return { kind: 'error', errorClass: 'the answer is not a range of series' };
  }
  return result.length === 0 ? { kind: 'empty' } : { kind: 'result', series: result.length };
}
