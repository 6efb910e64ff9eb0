import { s } from '@canaryop/reconcile/crd';

const seconds = (minimum: number) => s.int({ minimum, maximum: 86_400, format: 'int32' });
const policy = s.enum(['fail', 'hold', 'pass']);
/** An absolute URL without credentials; what the operator may ask is its own decision. */
const url = s.string({ minLength: 1, maxLength: 2048, pattern: '^https?://[^/@?#\\s]+(/[^\\s]*)?$' });

const metric = s
  .object({
    name: s
      .string({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' })
      .describe('request-success-rate and request-duration are built in; any other name needs a query or a url.'),
    query: s
      .string({ minLength: 1, maxLength: 4096 })
      .optional()
      .describe(
        'PromQL that gives one number; {{ namespace }}, {{ workload }}, {{ service }} and {{ interval }} are filled in.',
      ),
    url: url.optional().describe('Where a JSON document with the number is, instead of a query.'),
    jsonPath: s
      .string({ minLength: 1, maxLength: 256, pattern: '^(\\.[A-Za-z_][-A-Za-z0-9_]*|\\[[0-9]+\\])+$' })
      .optional()
      .describe('Where in that document, for instance .data.value'),
    min: s.number().optional().describe('The smallest value that passes.'),
    max: s.number().optional().describe('The largest value that passes.'),
    intervalSeconds: seconds(1).default(60).describe('Over how long the metric is measured.'),
    compareTo: s
      .enum(['primary'])
      .optional()
      .describe('min and max are about the relative difference to primary in percent, not about the value itself.'),
    minimumRequests: s
      .int({ minimum: 0, maximum: 1_000_000_000, format: 'int32' })
      .optional()
      .describe('With fewer requests in the interval than this, the metric judges nobody.'),
  })
  .rule('has(self.min) || has(self.max)', 'min or max is required', { fieldPath: '.min', reason: 'FieldValueRequired' })
  .rule(
    "self.name in ['request-success-rate', 'request-duration'] || has(self.query) || has(self.url)",
    'query or url is required for a metric that is not built in',
    { fieldPath: '.query', reason: 'FieldValueRequired' },
  )
  .rule('!(has(self.query) && has(self.url))', 'query and url exclude each other', { fieldPath: '.url' })
  .rule(
    "!(self.name in ['request-success-rate', 'request-duration']) || !(has(self.query) || has(self.url))",
    'a built-in metric has no query and no url; give yours another name',
    { fieldPath: '.name' },
  )
  .rule('!has(self.compareTo) || !has(self.url)', 'a document cannot be asked about primary: compareTo needs a query', {
    fieldPath: '.compareTo',
  })
  .rule('!has(self.min) || !has(self.max) || self.min <= self.max', 'no value is at least min and at most max', {
    fieldPath: '.min',
  })
  .rule('has(self.url) == has(self.jsonPath)', 'url and jsonPath go together', { fieldPath: '.jsonPath' });

const webhook = s.object({
  name: s.string({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' }),
  url,
  when: s
    .enum(['before', 'during', 'after'])
    .describe('before the first weight, with each check, or after the end, when the answer changes nothing any more.'),
  timeoutSeconds: s.int({ minimum: 1, maximum: 60, format: 'int32' }).default(10),
  metadata: s
    .record(s.string({ maxLength: 1024 }), { maxProperties: 32 })
    .optional()
    .describe('Sent along as it is.'),
});

/** How a release of an existing target is judged. */
export const analysisSchema = s
  .object({
    intervalSeconds: seconds(1).default(60).describe('Seconds between two checks, and between two steps.'),
    threshold: s
      .int({ minimum: 1, maximum: 1000, format: 'int32' })
      .default(5)
      .describe('Failed checks that end the release. Until then a failed check holds the weight.'),
    metrics: s.array(metric, { maxItems: 16, listType: 'map', listMapKeys: ['name'] }).default([]),
    success: s
      .array(
        s.object({
          expr: s
            .string({ minLength: 1, maxLength: 4096 })
            .describe('PromQL; <<pod>> is the name of each pod of the revision on trial.'),
        }),
        {
          maxItems: 16,
        },
      )
      .default([])
      .describe('Expressions that must give a value, whatever it is, for each pod of the revision on trial.'),
    webhooks: s.array(webhook, { maxItems: 16, listType: 'map', listMapKeys: ['name'] }).default([]),
    onNoData: policy.default('fail').describe('What a metric without a value means.'),
    onTooFewSamples: policy.default('hold').describe('What a metric with fewer than minimumRequests means.'),
    onProviderError: policy.default('fail').describe('What a provider that gives no answer means.'),
  })
  .optional()
  .describe('How a release of targetRef is judged.');
