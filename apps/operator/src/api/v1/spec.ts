import { s } from '@canaryop/reconcile/crd';

import { analysisSchema } from './analysis.ts';
import { ratioFields, strategySchema } from './strategy.ts';

const seconds = (minimum: number) => s.int({ minimum, maximum: 86_400, format: 'int32' });
const pods = s.int({ minimum: 1, maximum: 10_000, format: 'int32' });

/** An absolute URL without credentials, or nothing; what the operator may ask is its own decision. */
const httpUrl = '^$|^https?://[^/@?#\\s]+(/[^\\s]*)?$';
/** An OCI reference. */
const ociImage = s.string({ minLength: 1, maxLength: 512, pattern: '^[a-zA-Z0-9][-a-zA-Z0-9._:/@]*$' });
const hostPattern = '^(\\*|(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$';
const gatewayPattern = '^([a-z0-9]([-a-z0-9]*[a-z0-9])?/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$';

const traffic = s
  .object({
    router: s
      .enum(['istio', 'gateway-api', 'replicas'])
      .default('istio')
      .describe(
        'What shares requests out: a VirtualService, an HTTPRoute, or nothing, where the share of the traffic is the share of the pods.',
      ),
  })
  .optional()
  .describe('How traffic is shared out between the two revisions.');

const service = s
  .object({
    hosts: s
      .array(s.string({ minLength: 1, maxLength: 253, pattern: hostPattern }), {
        minItems: 1,
        maxItems: 32,
        listType: 'set',
      })
      .default(['*'])
      .describe('Hosts that the routes answer to.'),
    gateways: s
      .array(s.string({ minLength: 1, maxLength: 316, pattern: gatewayPattern }), {
        minItems: 1,
        maxItems: 8,
        listType: 'set',
      })
      .optional()
      .describe(
        'Existing Gateways to use, as name or namespace/name; without it the CanaryApp has a Gateway of its own.',
      ),
    port: s
      .int({ minimum: 1, maximum: 65_535, format: 'int32' })
      .optional()
      .describe('The port of the Services, with targetRef.'),
    targetPort: s
      .intOrString({ maxLength: 63 })
      .optional()
      .describe('The port of the pods, as a number or by name; by default the same as port.'),
    portName: s
      .string({ minLength: 1, maxLength: 15, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' })
      .optional()
      .describe('The name of the port, which tells Istio the protocol; by default http.'),
    adopt: s
      .boolean()
      .optional()
      .describe(
        'Whether an existing Service of the name of the CanaryApp may be used: its selector is changed, and restored on delete.',
      ),
  })
  .default({})
  .describe('Where the application is reached.');

const objectName = s.string({ minLength: 1, maxLength: 253 });

const targetRef = s
  .object({
    apiVersion: s.string({ minLength: 1, maxLength: 253 }),
    kind: s.enum(['Deployment', 'Service', 'DeploymentConfig']),
    name: objectName,
  })
  .rule(
    'self == oldSelf',
    'the target of a CanaryApp cannot change; delete the CanaryApp, and make one for the other target',
  )
  .optional()
  .describe('An existing workload to release, or a Service to shift, instead of image.');

const canaryPod = s
  .object({
    image: ociImage.describe('The image to try.'),
    container: s
      .string({ minLength: 1, maxLength: 63 })
      .optional()
      .describe('The container that gets it; by default the only one.'),
    durationSeconds: seconds(1)
      .default(900)
      .describe('Seconds for which the pod has to do well before it is promoted.'),
  })
  .optional()
  .describe('Try an image in one pod beside those of the target, which gets it when the pod has done well.');

const autoscalerRef = s
  .object({
    apiVersion: s.string({ minLength: 1, maxLength: 253 }),
    kind: s.enum(['HorizontalPodAutoscaler', 'ScaledObject']),
    name: objectName,
  })
  .optional()
  .describe('What scales the target; primary gets a copy of it.');

const companions = ['imageListenPort', 'replicas', 'testReplicas', 'prometheusQuery', 'prometheusURL'] as const;

const fields = s.object({
  image: ociImage.optional().describe('The image to run (an OCI reference). Changing it releases it step by step.'),
  imageListenPort: s
    .int({ minimum: 1, maximum: 65_535, format: 'int32' })
    .optional()
    .describe('The port that the image serves HTTP on.'),
  replicas: pods.optional().describe('Pods of primary.'),
  testReplicas: pods.optional().describe('Pods of secondary, while a release is judged.'),
  prometheusQuery: s
    .string({ maxLength: 4096 })
    .optional()
    .describe('PromQL that returns a result when the release is bad.'),
  prometheusURL: s
    .string({ maxLength: 2048, pattern: httpUrl })
    .optional()
    .describe('Where Prometheus answers, http or https, without credentials.'),
  failWhenPrometheusFails: s.boolean().default(true).describe('Whether a check that gets no answer fails the release.'),
  trafficShiftUpdateInterval: seconds(1).default(30).describe('Seconds between two steps.'),
  deploymentReadyWaitTime: seconds(0)
    .default(20)
    .describe('Seconds that a ready workload settles before its traffic changes.'),
  progressDeadlineSeconds: seconds(1).default(600).describe('Seconds in which a workload must be ready.'),
  checkIntervalSeconds: seconds(1)
    .optional()
    .describe('Seconds between two checks for a bad release; by default the smaller of 5 and the interval.'),
  drainSeconds: seconds(0).default(10).describe('Seconds between weight 0 and the removal of secondary.'),
  strategy: strategySchema,
  service,
  traffic,
  restoreTarget: s
    .boolean()
    .optional()
    .describe(
      'Whether a target whose release was rolled back gets its former template back, with router replicas; by default true.',
    ),
  podSecurity: s
    .enum(['default', 'restricted'])
    .default('default')
    .describe('restricted adds runAsNonRoot and drops every capability.'),
  targetRef,
  canaryPod,
  autoscalerRef,
  configTracking: s
    .boolean()
    .optional()
    .describe('Whether a change of a ConfigMap or Secret that the target uses is a release too; by default true.'),
  analysis: analysisSchema,
});

/** The router of a spec, `self` or `oldSelf`, whose default a former spec may not have. */
const routerOf = (self: string): string => `(has(${self}.traffic) ? ${self}.traffic.router : 'istio')`;
const isByRatio = `(${routerOf('self')} == 'replicas')`;
const isByGatewayApi = `(${routerOf('self')} == 'gateway-api')`;

const together = companions.reduce(
  (schema, field) =>
    schema.rule(`!has(self.image) || has(self.${field})`, `${field} is required with image`, {
      fieldPath: `.${field}`,
      reason: 'FieldValueRequired',
    }),
  fields
    .rule(
      `!has(self.targetRef) || has(self.service.port) || ${isByRatio} || has(self.canaryPod)`,
      'service.port is required with targetRef',
      {
        fieldPath: '.service.port',
        reason: 'FieldValueRequired',
      },
    )
    .rule(
      'has(self.image) == has(oldSelf.image)',
      'image and targetRef cannot take each other’s place; make another CanaryApp',
      {
        fieldPath: '.image',
      },
    )
    .rule(
      '!has(self.analysis) || has(self.targetRef)',
      'analysis goes with targetRef; with image, prometheusQuery judges',
      {
        fieldPath: '.analysis',
      },
    )
    .describe('What to run, and how a new image of it is released.')
    .rule('has(self.image) != has(self.targetRef)', 'exactly one of image and targetRef is required', {
      fieldPath: '.image',
      reason: 'FieldValueRequired',
    }),
);

const ratioTogether = ratioFields.reduce(
  (schema, field) =>
    schema.rule(`!${isByRatio} || has(self.strategy.${field})`, `strategy.${field} is required with router replicas`, {
      fieldPath: `.strategy.${field}`,
      reason: 'FieldValueRequired',
    }),
  together,
);

/** Nothing of these goes with a single pod. */
const isAlone =
  '!(has(self.traffic) || has(self.autoscalerRef) || has(self.strategy.iterations) || has(self.service.adopt))';

const isOfDeployment = "has(self.targetRef) && self.targetRef.kind == 'Deployment'";
const ratioOnly = [...ratioFields, 'startDelaySeconds', 'maxFailures'].map((field) => `has(self.strategy.${field})`);

/** The spec of every mode; the rules say which fields go together. */
export const specSchema = ratioTogether
  .rule(`!${isByRatio} || ${isOfDeployment}`, 'router replicas goes with a targetRef of kind Deployment', {
    fieldPath: '.traffic.router',
  })
  .rule(`${routerOf('self')} == ${routerOf('oldSelf')}`, 'the router cannot change; make another CanaryApp', {
    fieldPath: '.traffic.router',
  })
  .rule(`!${isByGatewayApi} || has(self.service.gateways)`, 'service.gateways is required with router gateway-api', {
    fieldPath: '.service.gateways',
    reason: 'FieldValueRequired',
  })
  .rule(`!${isByGatewayApi} || self.service.hosts.size() <= 16`, 'an HTTPRoute has at most 16 hosts', {
    fieldPath: '.service.hosts',
  })
  .rule(`${isByRatio} || !(${ratioOnly.join(' || ')})`, 'steps by pods go with traffic.router replicas', {
    fieldPath: '.strategy',
  })
  .rule(
    `!${isByRatio} || !has(self.autoscalerRef)`,
    'the count of pods is the share of the traffic; it cannot be an autoscaler’s, too',
    {
      fieldPath: '.autoscalerRef',
    },
  )
  .rule(
    `!${isByRatio} || !has(self.strategy.iterations)`,
    'with router replicas a pod has traffic as soon as it is ready; iterations need other routes',
    {
      fieldPath: '.strategy.iterations',
    },
  )
  .rule(
    "!has(self.analysis) || self.analysis.success.size() == 0 || self.targetRef.kind == 'Deployment'",
    'success is about pods, and those of a Service are not known',
    { fieldPath: '.analysis.success' },
  )
  .rule(
    "!has(self.canaryPod) || has(self.targetRef) && self.targetRef.kind != 'Service'",
    'canaryPod goes with a targetRef of kind Deployment or DeploymentConfig',
    {
      fieldPath: '.canaryPod',
    },
  )
  .rule(
    "has(self.canaryPod) || !has(self.targetRef) || self.targetRef.kind != 'DeploymentConfig'",
    'a DeploymentConfig is released by canaryPod only',
    {
      fieldPath: '.canaryPod',
      reason: 'FieldValueRequired',
    },
  )
  .rule(
    'has(self.canaryPod) == has(oldSelf.canaryPod)',
    'canaryPod cannot be chosen or left later; make another CanaryApp',
    {
      fieldPath: '.canaryPod',
    },
  )
  .rule(
    `!has(self.canaryPod) || ${isAlone}`,
    'with canaryPod there is no traffic, autoscalerRef, strategy.iterations or service.adopt',
    {
      fieldPath: '.canaryPod',
    },
  )
  .rule(`${isByRatio} || !has(self.restoreTarget)`, 'restoreTarget goes with traffic.router replicas', {
    fieldPath: '.restoreTarget',
  });
