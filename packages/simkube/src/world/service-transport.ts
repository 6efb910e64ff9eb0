import type { Transport, TransportRequest, TransportResponse } from '@canaryop/reconcile/env';

import type { Loopback } from '../apiserver/loopback.ts';
import { serviceKind, type Service } from '../kinds/core-v1.ts';
import { endpointSliceKind, serviceNameLabel } from '../kinds/discovery-v1.ts';
import type { World } from './world.ts';

/** The cluster that requests to Services are made in. */
export interface ServiceNetwork {
  readonly api: Loopback;
  readonly network: World['network'];
}

/**
 * Carries requests to `https://NAME.NAMESPACE.svc:PORT/` to a ready pod behind that Service. Programs in pods speak
 * plain HTTP here, so nobody's certificate is looked at.
 */
export function serviceTransport(cluster: () => ServiceNetwork): Transport {
  return {
    request: (request) => throughService(cluster(), request),
    close: () => Promise.resolve(),
  };
}

async function throughService({ api, network }: ServiceNetwork, request: TransportRequest): Promise<TransportResponse> {
  const url = new URL(request.url);
  const endpoint = endpointFor(api, url);
  const body = typeof request.body === 'string' ? request.body : Buffer.from(request.body ?? []).toString('utf8');
  const { method, headers } = request;
  const path = `${url.pathname}${url.search}`;
  const delivery = await network.dispatch(endpoint.address, endpoint.port, { method, path, headers, body });
  if (delivery.outcome === 'refused') throw refused(endpoint.address, String(endpoint.port));
  if (delivery.outcome === 'reset') throw Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' });
  const { response } = delivery;
  return { status: response.status, headers: response.headers, body: once(response.body) };
}

interface PodAddress {
  readonly address: string;
  readonly port: number;
}

/** A ready pod behind the Service that the URL names. Throws when there is none. */
function endpointFor(api: Loopback, { hostname, port }: URL): PodAddress {
  const [name = '', namespace = ''] = hostname.split('.');
  const service = api.get(serviceKind, { namespace, name });
  const wanted = port === '' ? '443' : port;
  const endpoint = service === undefined ? undefined : endpointOf(api, service, Number(wanted));
  if (endpoint === undefined) throw refused(service?.spec.clusterIP ?? name, wanted);
  return endpoint;
}

function endpointOf(api: Loopback, service: Service, wanted: number): PodAddress | undefined {
  const { name, namespace = '' } = service.metadata;
  const servicePort = (service.spec.ports ?? []).find((each) => each.port === wanted);
  const slices = api.list(endpointSliceKind, { namespace, labelSelector: `${serviceNameLabel}=${name}` });
  for (const slice of slices) {
    const port = (slice.ports ?? []).find((each) => (each.name ?? '') === (servicePort?.name ?? ''))?.port;
    const ready = slice.endpoints.find((each) => each.conditions?.ready !== false);
    const address = ready?.addresses[0];
    if (port !== undefined && address !== undefined) return { address, port };
  }
  return undefined;
}

function refused(host: string, port: string): Error {
  return Object.assign(new Error(`connect ECONNREFUSED ${host}:${port}`), { code: 'ECONNREFUSED' });
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield new TextEncoder().encode(text);
}
