import { defaultLifetimes } from '../certificates/rotation.ts';
import type { Reader } from '../client/client.ts';
import type { ControllerMetrics } from '../controller/controller.ts';
import { guardedEndpoint } from '../metrics/guarded-endpoint.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';
import { loadedCertificates, type CertificateSource } from '../webhook/certificate-source.ts';
import { trustTargets } from '../webhook/trust-targets.ts';
import { webhookCertificates } from '../webhook/webhook-certificates.ts';
import { hostsOf } from '../webhook/webhook-configurations.ts';
import { webhookEndpoint, webhookPaths } from '../webhook/webhook-endpoint.ts';
import { webhookMetrics } from '../webhook/webhook-metrics.ts';
import { certificateSecretName } from '../webhook/webhook-permissions.ts';
import { WebhookServer } from '../webhook/webhook-server.ts';
import type { Ports } from './endpoints.ts';
import type { ManagerOptions, WebhookOptions } from './manager-options.ts';

/** What a manager's webhooks are told and tell. */
export interface WebhookServices {
  readonly registry: MetricsRegistry;
  readonly metricsOf: (controller: string) => ControllerMetrics;
  /** Not fenced: every replica is asked. */
  readonly reader: Reader;
  /** Told where they are served. */
  readonly ports: Ports;
}

/** The server of a manager's webhooks; undefined where there are none. Throws when two of them have one path, or nobody says where its Secret is. */
export function webhookServer(
  options: ManagerOptions,
  { registry, metricsOf, ports, reader }: WebhookServices,
): WebhookServer | undefined {
  const { env, webhooks } = options;
  if (webhooks === undefined) return undefined;
  const { admission = [], conversion = [], address = ':9443' } = webhooks;
  const paths = webhookPaths({ admission, conversion });
  const metrics = webhookMetrics(registry, paths);
  return new WebhookServer({
    env,
    address,
    endpoint: guardedEndpoint(webhookEndpoint({ env, admission, conversion, metrics, reader }), paths),
    certificates: certificatesOf(options, webhooks, metricsOf),
    onListening: (port) => {
      ports['webhooks'] = port;
    },
    onCertificate: ({ notAfterMs }) => {
      metrics.certificate(notAfterMs);
    },
  });
}

function certificatesOf(
  { env, connection, fieldManager }: ManagerOptions,
  { admission = [], conversion = [], place, certificate, secret, lifetimes = defaultLifetimes }: WebhookOptions,
  metricsOf: WebhookServices['metricsOf'],
): CertificateSource {
  if (certificate !== undefined) return loadedCertificates(env, certificate);
  const namespace = 'service' in place ? place.service.namespace : undefined;
  if (secret === undefined && namespace === undefined)
    throw new Error('webhooks at a URL: say in which Secret their certificate is kept, or give a certificate');
  return webhookCertificates({
    env,
    connection,
    fieldManager,
    secret: secret ?? { namespace: namespace ?? '', name: certificateSecretName(fieldManager) },
    hosts: hostsOf(place),
    targets: trustTargets(fieldManager, admission, conversion),
    lifetimes,
    metrics: metricsOf('webhook-certificates'),
  });
}
