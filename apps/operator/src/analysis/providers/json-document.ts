import type { MetricProvider } from '../metric-provider.ts';
import type { Answer, DocumentQuestion } from '../question.ts';
import { numberOf } from './number-text.ts';
import type { Wire } from './prometheus-api.ts';

/** Asks for a JSON document by GET, and reads one number in it. */
export function jsonDocument({ http, endpoints }: Wire): MetricProvider<DocumentQuestion> {
  return {
    async ask(question, signal) {
      const endpoint = await endpoints.find(question);
      if ('kind' in endpoint) return endpoint;
      const outcome = await http.send({ method: 'GET', ...endpoint, signal });
      if (outcome.kind === 'failure') return { kind: 'error', errorClass: outcome.failure };
      if (outcome.status !== 200) return { kind: 'error', errorClass: `HTTP ${outcome.status}` };
      return documentAnswer(outcome.body, question.path);
    },
  };
}

function documentAnswer(body: string, path: string): Answer {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { kind: 'error', errorClass: 'the answer is not JSON' };
  }
  for (const step of stepsOf(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      return { kind: 'error', errorClass: `the document has nothing at ${path}` };
    }
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  if (value === null) return { kind: 'empty' };
  const number = typeof value === 'string' ? numberOf(value) : typeof value === 'number' ? value : undefined;
  if (number === undefined) return { kind: 'error', errorClass: `the document has no number at ${path}` };
  return { kind: 'value', value: number };
}

/** `.data[0].value` as data, 0, value. Names are own properties and never anything else: nothing is evaluated. */
function stepsOf(path: string): readonly string[] {
  return [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? index ?? '');
}
