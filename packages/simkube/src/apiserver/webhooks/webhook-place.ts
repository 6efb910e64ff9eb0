import type { Transport } from '@canaryop/reconcile/env';

import {
  isJsonObject,
  listAt,
  numberAt,
  stringAt,
  valueAt,
  type ApiObject,
  type JsonObject,
} from '../object/api-object.ts';
import type { ResourceStore } from '../storage/resource-store.ts';

/** A Service, and which of its ports, as a `clientConfig` names it. */
export interface WebhookService {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/** How an API server reaches its webhooks. */
export interface WebhookOptions {
  /**
   * Connections to those whom a caBundle vouches for. A Service's URL is `https://NAME.NAMESPACE.svc:PORT/...`.
   * @param caPem absent where a configuration has none.
   * @default HTTPS over sockets, that trusts the bundle, or the system's authorities
   */
  readonly transport?: (caPem: string | undefined) => Transport;
  /** Carries calls to Services of which `addressOf` knows nothing. @default nobody is there */
  readonly inCluster?: Transport;
  /** Where a Service's webhook is really served, for instance by this process. @default nowhere */
  readonly addressOf?: (service: WebhookService) => { readonly host: string; readonly port: number } | undefined;
}

/** Where webhooks can be. */
export interface Surroundings extends WebhookOptions {
  readonly services: ResourceStore;
}

/** Where a `clientConfig` leads, or why nowhere. */
export type Place =
  | {
      readonly url: string;
      /** To connect to instead of the URL's host. */
      readonly address?: { readonly host: string; readonly port: number };
      /** To connect with instead of what trusts the bundle. */
      readonly transport?: Transport;
    }
  | { readonly url: string; readonly address?: undefined; readonly problem: string };

/** Finds where a `clientConfig` leads. */
export function placeOf(clientConfig: JsonObject, surroundings: Surroundings): Place {
  const named = clientConfig['service'];
  if (!isJsonObject(named)) return { url: withPath(stringAt(clientConfig, 'url') ?? '') };
  const service: WebhookService = {
    namespace: stringAt(named, 'namespace') ?? '',
    name: stringAt(named, 'name') ?? '',
    port: numberAt(named, 'port') ?? 443,
  };
  const url = `https://${service.name}.${service.namespace}.svc:${service.port}${stringAt(named, 'path') || '/'}`;
  const found = surroundings.services.get(`${service.namespace}/${service.name}`);
  const problem = serviceProblem(service, found);
  return problem === undefined ? { url, ...wayTo(service, found, surroundings) } : { url, problem };
}

function serviceProblem({ name, port }: WebhookService, found: ApiObject | undefined): string | undefined {
  if (found === undefined) return `service ${JSON.stringify(name)} not found`;
  const hasPort = listAt(found, 'spec', 'ports').some((each) => valueAt(each, 'port') === port);
  return hasPort ? undefined : `no service port ${port} found for service ${JSON.stringify(name)}`;
}

function wayTo(
  service: WebhookService,
  found: ApiObject | undefined,
  { addressOf, inCluster, transport }: Surroundings,
):
  | { readonly address?: { readonly host: string; readonly port: number }; readonly transport?: Transport }
  | { readonly problem: string } {
  const address = addressOf?.(service);
  if (address !== undefined) return { address };
  if (inCluster !== undefined) return { transport: inCluster };
  if (transport !== undefined) return {};
  const clusterIp = stringAt(found, 'spec', 'clusterIP') ?? '';
  return { problem: `dial tcp ${clusterIp}:${service.port}: connect: no route to host` };
}

/** Go asks for `/` where a URL names no path. */
function withPath(url: string): string {
  return /^https?:\/\/[^/]*$/u.test(url) ? `${url}/` : url;
}
