/** Webhooks: what API servers ask an operator, the server that answers, and its certificates. */
export type { AdmissionResponse } from './admission-review.ts';
export {
  mutatingWebhook,
  validatingWebhook,
  type AdmissionOperation,
  type AdmissionRequest,
  type AdmissionScope,
  type AdmissionUser,
  type AdmissionVerdict,
  type AdmissionWebhook,
  type LabelSelector,
  type MutatingWebhook,
  type Refusal,
  type ValidatingWebhook,
} from './admission.ts';
export { loadedCertificates, type CertificateSource } from './certificate-source.ts';
export { jsonPatch, type PatchOperation } from './json-patch.ts';
export { trustTargets, type TrustTarget } from './trust-targets.ts';
export { webhookCertificates, type WebhookCertificatesOptions } from './webhook-certificates.ts';
export {
  configurationNames,
  hostsOf,
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
  webhookClientConfig,
  webhookConfigurations,
  type WebhookConfiguration,
  type WebhookPlace,
} from './webhook-configurations.ts';
export { webhookEndpoint, webhookPaths, type WebhookEndpointOptions } from './webhook-endpoint.ts';
export { webhookMetrics, type WebhookMetrics } from './webhook-metrics.ts';
export { certificateSecretName, webhookPermissions, type WebhookParts } from './webhook-permissions.ts';
export { WebhookServer, type WebhookServerOptions } from './webhook-server.ts';
