import type { MetricProvider } from '../metric-provider.ts';
import { jsonDocument } from './json-document.ts';
import type { Wire } from './prometheus-api.ts';
import { prometheusInstant } from './prometheus-instant.ts';
import { prometheusRange } from './prometheus-range.ts';
import { webhook } from './webhook.ts';

/** Every provider there is, each asked the questions of its kind. */
export function providers(wire: Wire): MetricProvider {
  const range = prometheusRange(wire);
  const instant = prometheusInstant(wire);
  const document = jsonDocument(wire);
  const hook = webhook(wire);
  return {
    ask(question, signal) {
      switch (question.kind) {
        case 'range':
          return range.ask(question, signal);
        case 'instant':
          return instant.ask(question, signal);
        case 'document':
          return document.ask(question, signal);
        case 'webhook':
          return hook.ask(question, signal);
      }
    },
  };
}
