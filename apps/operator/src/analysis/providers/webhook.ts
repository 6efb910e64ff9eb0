import type { MetricProvider } from '../metric-provider.ts';
import type { WebhookQuestion } from '../question.ts';
import type { Wire } from './prometheus-api.ts';

/** Posts a JSON text. A 2xx accepts, any other answer refuses; what is in the body of the answer is nobody's concern. */
export function webhook({ http, endpoints }: Wire): MetricProvider<WebhookQuestion> {
  return {
    async ask(question, signal) {
      const endpoint = await endpoints.find(question);
      if ('kind' in endpoint) return endpoint;
      const { body: json, timeoutMs } = question;
      const outcome = await http.send({ method: 'POST', ...endpoint, json, timeoutMs, signal });
      if (outcome.kind === 'failure') return { kind: 'error', errorClass: outcome.failure };
      const { status } = outcome;
      return status >= 200 && status < 300 ? { kind: 'accepted' } : { kind: 'refused', status };
    },
  };
}
