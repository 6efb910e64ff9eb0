import type { Json, JsonObject } from '../operation.ts';
import { field, type KindPool } from './kind-pool.ts';

/** About objects that nobody has: a webhook that is called would change what the other sequences see. */
const rule: JsonObject = {
  apiGroups: ['nobody.example.com'],
  apiVersions: ['v1'],
  operations: ['CREATE'],
  resources: ['nothings'],
};

const webhook = (fields: JsonObject = {}): JsonObject => ({
  name: 'a.hooks.example.com',
  clientConfig: { url: 'https://127.0.0.1:9/a' },
  rules: [rule],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  ...fields,
});

const service = (fields: JsonObject = {}): JsonObject => ({
  clientConfig: { service: { namespace: '{{ns}}', name: 'hook', ...fields } },
});
const condition = (name: string, expression: string): JsonObject => ({ matchConditions: [{ name, expression }] });

const soundFields: readonly JsonObject[] = [
  {},
  { failurePolicy: 'Ignore', matchPolicy: 'Exact', timeoutSeconds: 3, sideEffects: 'NoneOnDryRun' },
  { name: 'b.hooks.example.com', admissionReviewVersions: ['v2', 'v1beta1'] },
  { rules: [{ ...rule, operations: ['*'], resources: ['nothings/*', 'others'], scope: 'Namespaced' }] },
  { rules: [{ ...rule, resources: ['*', 'nothings/status'] }] },
  { rules: [] },
  { objectSelector: { matchLabels: { a: 'b' } } },
  { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] } },
  service(),
  service({ path: '/validate/this-one', port: 8443 }),
  condition('small', 'object.spec.size < 3 && !has(oldObject.spec)'),
  condition('example.com/who', "request.userInfo.username.startsWith('system:') || request.dryRun"),
];

const faultyFields: readonly JsonObject[] = [
  { name: 'short' },
  { name: 'Upper.hooks.example.com' },
  { sideEffects: 'Some' },
  { sideEffects: null },
  { admissionReviewVersions: [] },
  { admissionReviewVersions: ['v2'] },
  { admissionReviewVersions: ['v1', 'v1', 'V!'] },
  { timeoutSeconds: 0 },
  { timeoutSeconds: 31 },
  { timeoutSeconds: 'x' },
  { failurePolicy: 'Never', matchPolicy: 'Like' },
  { rules: [{ ...rule, operations: [] }] },
  { rules: [{ ...rule, operations: ['*', 'CREATE'] }] },
  { rules: [{ ...rule, operations: ['READ'] }] },
  { rules: [{ ...rule, apiGroups: [] }] },
  { rules: [{ ...rule, apiVersions: ['*', 'v1'] }] },
  { rules: [{ ...rule, apiVersions: [''] }] },
  { rules: [{ ...rule, resources: [] }] },
  { rules: [{ ...rule, resources: [''] }] },
  { rules: [{ ...rule, resources: ['*/*', 'nothings'] }] },
  { rules: [{ ...rule, resources: ['nothings/*', 'nothings/status'] }] },
  { rules: [{ ...rule, resources: ['*/status', 'nothings/status'] }] },
  { rules: [{ ...rule, resources: ['*', 'nothings'] }] },
  { rules: [{ ...rule, scope: 'Here' }] },
  { objectSelector: { matchLabels: { a: 'not a label!' } } },
  { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
  { clientConfig: {} },
  { clientConfig: { url: 'http://127.0.0.1:9' } },
  { clientConfig: { url: 'https://user@127.0.0.1:9/a?b=c#d' } },
  { clientConfig: { url: 'https:///a' } },
  { clientConfig: { url: 'https://127.0.0.1:9', caBundle: '!' } },
  { clientConfig: { url: 'https://127.0.0.1:9', service: { namespace: 'a', name: 'b' } } },
  service({ name: '' }),
  service({ namespace: '' }),
  service({ port: 0 }),
  service({ path: 'a' }),
  service({ path: '//' }),
  service({ path: '/a//b' }),
  service({ path: '/A' }),
  condition('', 'true'),
  condition('bad name!', 'true'),
  condition('a', ''),
  condition('a', 'object.'),
  condition('a', "'text'"),
  condition('a', 'unknown == 1'),
  {
    matchConditions: [
      condition('a', 'true')['matchConditions'],
      condition('a', 'true')['matchConditions'],
    ].flat() as Json,
  },
];

const kinds: readonly (readonly [kind: string, own: readonly JsonObject[]])[] = [
  ['ValidatingWebhookConfiguration', []],
  ['MutatingWebhookConfiguration', [{ reinvocationPolicy: 'IfNeeded' }, { reinvocationPolicy: 'Always' }]],
];

/** Configurations of webhooks, none of which is ever called. */
export const webhookKinds: readonly KindPool[] = kinds.map(([kind, own]) => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  isNamespaced: false,
  base: { webhooks: [webhook()] },
  fields: [
    field(
      'webhooks',
      [...soundFields.map((fields) => [webhook(fields)]), [webhook(), webhook({ name: 'c.hooks.example.com' })]],
      [...[...faultyFields, ...own].map((fields) => [webhook(fields)]), [webhook(), webhook()], 'all'],
    ),
  ],
}));
