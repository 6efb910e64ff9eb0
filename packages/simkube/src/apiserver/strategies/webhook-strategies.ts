import type { JsonObject } from '../object/api-object.ts';
import type { Strategy } from '../registry/strategy.ts';
import { fill, fillEach, fillIn } from './fill.ts';

function webhookDefaults(webhook: JsonObject): JsonObject {
  const filled = fill(webhook, {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
  });
  const withService = fillIn(filled, 'clientConfig', (config) =>
    fillIn(config, 'service', (service) => fill(service, { port: 443 })),
  );
  return fillEach(withService, 'rules', (rule) => fill(rule, { scope: '*' }));
}

const configuration: Strategy = {
  generationOf: (object) => object['webhooks'],
  requiresVersion: true,
  defaults: (object) => fillEach(object, 'webhooks', webhookDefaults),
};

/** The two kinds that say which webhooks are called, and when. */
export const webhookStrategies: Readonly<Record<string, Strategy>> = {
  MutatingWebhookConfiguration: {
    ...configuration,
    defaults: (object) =>
      fillEach(object, 'webhooks', (webhook) => webhookDefaults(fill(webhook, { reinvocationPolicy: 'Never' }))),
  },
  ValidatingWebhookConfiguration: configuration,
};
