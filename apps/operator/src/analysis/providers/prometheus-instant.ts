import type { MetricProvider } from '../metric-provider.ts';
import type { Answer, InstantQuestion } from '../question.ts';
import { numberOf } from './number-text.ts';
import { queryPrometheus, seconds, type PrometheusData, type Wire } from './prometheus-api.ts';

/** Asks Prometheus for one number (`/api/v1/query`). Several series are refused: none of them is the right one. */
export function prometheusInstant(wire: Wire): MetricProvider<InstantQuestion> {
  return {
    async ask(question, signal) {
      const form = { query: question.query, time: seconds(question.atMs) };
      const data = await queryPrometheus(wire, question, { path: '/api/v1/query', form }, signal);
      return 'kind' in data ? data : instantAnswer(data);
    },
  };
}

function instantAnswer({ resultType, result }: PrometheusData): Answer {
  if (!Array.isArray(result)) return noNumber;
  if (resultType === 'scalar') return valueOf(result);
  if (resultType !== 'vector') return noNumber;
  if (result.length === 0) return { kind: 'empty' };
  if (result.length > 1) {
    return { kind: 'error', errorClass: `the query has ${result.length} series, and must have one: aggregate it` };
  }
  const sample = (result[0] as { value?: unknown } | null)?.value;
  return Array.isArray(sample) ? valueOf(sample) : noNumber;
}

function valueOf(sample: readonly unknown[]): Answer {
  const [, text] = sample;
  const value = typeof text === 'string' ? numberOf(text) : undefined;
  return value === undefined ? noNumber : { kind: 'value', value };
}

const noNumber: Answer = { kind: 'error', errorClass: 'the query does not give a number' };
