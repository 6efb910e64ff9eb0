import type { KindVersions } from '../versions/kind-versions.ts';
import { CustomResourceDefinitionKind, type CustomResourceDefinition } from '../crd/manifest.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ResourceKind } from '../object/resource-kind.ts';
import type { AdmissionWebhook } from './admission.ts';
import {
  configurationNames,
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
  type WebhookConfiguration,
} from './webhook-configurations.ts';

/** An object by which an API server learns whom to trust when it calls a webhook. */
export interface TrustTarget {
  readonly kind: ResourceKind;
  readonly name: string;
  /** What it says now, for each webhook that is ours. */
  bundlesOf(live: KubernetesObject): readonly (string | undefined)[];
  /** The merge patch with which it says this for all of them. */
  patchOf(live: KubernetesObject, caBundle: string): object;
}

/**
 * Where the trust in these webhooks is written: both configurations, by the names of `webhookConfigurations`, and the
 * definitions of kinds with conversions. What is not installed is left out until it is.
 */
export function trustTargets(
  name: string,
  admission: readonly AdmissionWebhook[],
  conversion: readonly KindVersions[],
): readonly TrustTarget[] {
  const names = configurationNames(name);
  const of = (type: AdmissionWebhook['type']): readonly string[] =>
    admission.filter((webhook) => webhook.type === type).map((webhook) => webhook.name);
  const validating = of('validating');
  const mutating = of('mutating');
  return [
    ...(validating.length === 0 ? [] : [configuration(ValidatingWebhookConfiguration, names.validating, validating)]),
    ...(mutating.length === 0 ? [] : [configuration(MutatingWebhookConfiguration, names.mutating, mutating)]),
    ...conversion.map(({ current }) => definition(`${current.plural}.${current.group}`)),
  ];
}

function configuration(
  kind: ResourceKind<WebhookConfiguration>,
  name: string,
  webhooks: readonly string[],
): TrustTarget {
  const entries = (live: KubernetesObject) => (live as WebhookConfiguration).webhooks ?? [];
  const isOurs = (entry: { readonly name: string }): boolean => webhooks.includes(entry.name);
  return {
    kind,
    name,
    bundlesOf: (live) =>
      entries(live)
        .filter(isOurs)
        .map(({ clientConfig }) => clientConfig.caBundle),
    // A merge patch replaces lists: the others' entries go along as they are, on condition that nothing has changed.
    patchOf: (live, caBundle) => ({
      webhooks: entries(live).map((entry) =>
        isOurs(entry) ? { ...entry, clientConfig: { ...entry.clientConfig, caBundle } } : entry,
      ),
    }),
  };
}

function definition(name: string): TrustTarget {
  const conversionOf = (live: KubernetesObject) => (live as CustomResourceDefinition).spec.conversion;
  return {
    kind: CustomResourceDefinitionKind,
    name,
    bundlesOf(live) {
      const conversion = conversionOf(live);
      return conversion?.strategy === 'Webhook' ? [conversion.webhook?.clientConfig?.caBundle] : [];
    },
    patchOf: (_live, caBundle) => ({ spec: { conversion: { webhook: { clientConfig: { caBundle } } } } }),
  };
}
