import type { WebhookClientConfig } from '../crd/manifest.ts';
import type { KubernetesObject } from '../object/object.ts';
import { resourceKind, type ResourceKind } from '../object/resource-kind.ts';
import type { AdmissionWebhook, LabelSelector } from './admission.ts';

/** `admissionregistration.k8s.io/v1`, as far as we read and write it; both kinds have this shape. */
export interface WebhookConfiguration extends KubernetesObject {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig: WebhookClientConfig;
    readonly rules?: readonly object[];
  }[];
}

/** Which webhooks judge. */
export const ValidatingWebhookConfiguration = configurationKind('ValidatingWebhookConfiguration');
/** Which webhooks complete. */
export const MutatingWebhookConfiguration = configurationKind('MutatingWebhookConfiguration');

function configurationKind(kind: string): ResourceKind<WebhookConfiguration> {
  const plural = `${kind.toLowerCase()}s`;
  return resourceKind({ group: 'admissionregistration.k8s.io', version: 'v1', kind, plural, namespaced: false });
}

/** Where API servers reach the webhooks of an operator: a Service in front of it, or, outside of the cluster, a URL. */
export type WebhookPlace =
  | { readonly service: { readonly namespace: string; readonly name: string; readonly port?: number } }
  /** `https://host:port`, without a path. */
  | { readonly url: string };

/** Path of conversions. */
export const conversionPath = '/convert';

/** How an API server is told of a webhook at a place. */
export function webhookClientConfig(place: WebhookPlace, path: string = conversionPath): WebhookClientConfig {
  return 'service' in place ? { service: { ...place.service, path } } : { url: `${place.url}${path}` };
}

/** Under which DNS names and addresses a place is reached, for its certificate. */
export function hostsOf(place: WebhookPlace): readonly string[] {
  if ('url' in place) return [new URL(place.url).hostname.replaceAll(/^\[|\]$/gu, '')];
  const { namespace, name } = place.service;
  return [`${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
}

/** What both configurations of an operator are called. */
export function configurationNames(name: string): { readonly validating: string; readonly mutating: string } {
  return { validating: `${name}-validating-webhook-configuration`, mutating: `${name}-mutating-webhook-configuration` };
}

/**
 * The configurations to install for webhooks at a place, at most one of each kind. They trust nobody yet: the running
 * operator writes the `caBundle`, see `webhookCertificates`.
 * @param name start of their names, the operator's field manager.
 */
export function webhookConfigurations(
  webhooks: readonly AdmissionWebhook[],
  { name, place }: { readonly name: string; readonly place: WebhookPlace },
): readonly WebhookConfiguration[] {
  const names = configurationNames(name);
  const configuration = (
    { kind }: ResourceKind,
    type: AdmissionWebhook['type'],
    own: string,
  ): readonly WebhookConfiguration[] => {
    const members = webhooks.filter((webhook) => webhook.type === type);
    if (members.length === 0) return [];
    const metadata = { name: own };
    return [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind,
        metadata,
        webhooks: members.map((webhook) => entryOf(webhook, place)),
      },
    ];
  };
  return [
    ...configuration(MutatingWebhookConfiguration, 'mutating', names.mutating),
    ...configuration(ValidatingWebhookConfiguration, 'validating', names.validating),
  ];
}

function entryOf(webhook: AdmissionWebhook, place: WebhookPlace) {
  const { name, path, kind } = webhook;
  const { name: _name, reads: _reads, operations = ['CREATE', 'UPDATE'], subresources = [], ...scope } = webhook.scope;
  const resources = subresources.length === 0 ? [kind.plural] : subresources.map((each) => `${kind.plural}/${each}`);
  return {
    failurePolicy: 'Fail',
    sideEffects: 'None',
    timeoutSeconds: 10,
    ...notItself(kind, place),
    ...scope,
    name,
    admissionReviewVersions: ['v1'],
    clientConfig: webhookClientConfig(place, path),
    rules: [{ apiGroups: [kind.group], apiVersions: [kind.version], operations, resources }],
  };
}

/**
 * A webhook on Pods that cannot be reached refuses the very Pods that would answer: the namespace of the operator is not
 * asked about, except of kinds that are its own.
 */
function notItself(kind: ResourceKind, place: WebhookPlace): { readonly namespaceSelector?: LabelSelector } {
  if (!kind.namespaced || 'schema' in kind || !('service' in place)) return {};
  const { namespace } = place.service;
  return {
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [namespace] }],
    },
  };
}
