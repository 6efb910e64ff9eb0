import type { Env } from '@canaryop/reconcile/env';
import {
  listenHttp,
  RequestMetrics,
  type DestinationService,
  type DestinationWorkload,
  type HttpHandler,
  type HttpListener,
  type HttpRequest,
  type HttpResponse,
} from '@canaryop/simkube';
import { expositionHandler, listenOnLoopback } from '@canaryop/simkube/prometheus';

import type { GatewayConfig } from './gateway-config.ts';
import type { ClusterEntry, EndpointEntry } from './xds-line.ts';

/** How the ingress is put together. */
export interface IngressOptions {
  readonly env: Env;
  readonly config: GatewayConfig;
  /** Which server listens at a pod's address; undefined where the connection is refused. */
  readonly find: (address: string, port: number) => Promise<HttpHandler | undefined>;
}

/** A listening ingress. */
export interface Ingress {
  /** Of 127.0.0.1, for requests. */
  readonly port: number;
  /** `host:port` whose `/metrics` has what the mesh reports. */
  readonly metricsAddress: string;
  stop(): Promise<void>;
}

/**
 * An ingress gateway that does what istiod tells it and nothing of its own: it retries nothing, so a request is lost
 * exactly when configuration, endpoints and pods do not fit together at that moment. Its own answers say why in the body.
 */
export async function startIngress(options: IngressOptions): Promise<Ingress> {
  const gateway = new Gateway(options);
  const requests: HttpListener = await listenHttp((request) => gateway.answer(request), { port: 0 });
  const metrics = await listenOnLoopback(expositionHandler(() => gateway.metrics.collect()));
  return {
    port: requests.port,
    metricsAddress: `127.0.0.1:${metrics.port}`,
    stop: async () => {
      await Promise.all([requests.close(), metrics.close()]);
    },
  };
}

/** What became of a request that has a destination. */
interface Delivered {
  readonly response: HttpResponse;
  readonly flag: string;
}

class Gateway {
  readonly metrics: RequestMetrics;
  readonly #options: IngressOptions;
  readonly #next = new Map<string, number>();

  constructor(options: IngressOptions) {
    this.#options = options;
    this.metrics = new RequestMetrics(options.env.clock);
  }

  /** A rejection is a connection that breaks. */
  async answer(request: HttpRequest): Promise<HttpResponse> {
    const { env, config } = this.#options;
    const startedAt = env.clock.monotonic();
    if (!config.isListening) throw new Error('no Gateway, no listener');
    const target = config.target(request.headers['host'] ?? '', request.path, env.random);
    if (target.kind === 'answer') {
      const { status, flag, detail } = target;
      this.metrics.record({ status, flag, durationMs: 0, service: undefined, workload: undefined });
      return text(status, `${flag}: ${detail}`);
    }
    const endpoint = this.#take(target.cluster, target.endpoints);
    const { response, flag } = await this.#deliver(endpoint, request);
    this.metrics.record({
      status: response.status,
      flag,
      durationMs: env.clock.monotonic() - startedAt,
      service: serviceOf(target.cluster),
      workload: flag === 'UF' ? undefined : workloadOf(endpoint),
    });
    return response;
  }

  async #deliver(endpoint: EndpointEntry, request: HttpRequest): Promise<Delivered> {
    const { address, port } = endpoint;
    const server = await this.#options.find(address, port);
    const refused = (): Delivered => ({ response: text(503, `UF: ${address}:${port} refused`), flag: 'UF' });
    if (server === undefined) return refused();
    try {
      return { response: await server(request), flag: '-' };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return refused();
      return { response: text(503, `UC: ${address}:${port} broke off: ${String(error)}`), flag: 'UC' };
    }
  }

  /** Endpoints take turns. */
  #take({ name }: ClusterEntry, endpoints: readonly EndpointEntry[]): EndpointEntry {
    const turn = this.#next.get(name) ?? 0;
    this.#next.set(name, turn + 1);
    const endpoint = endpoints[turn % endpoints.length];
    if (endpoint === undefined) throw new Error(`cluster ${name} has no endpoint`);
    return endpoint;
  }
}

function text(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

function serviceOf({ serviceHost: host, serviceName: name, namespace }: ClusterEntry): DestinationService {
  return { host, name, namespace };
}

/** What istiod says of an endpoint's workload. Its pods have no labels of a version. */
function workloadOf({ workload }: EndpointEntry): DestinationWorkload {
  const [name = '', namespace = '', canonicalService = '', canonicalRevision = ''] = workload.split(';');
  return { name, namespace, app: canonicalService, version: canonicalRevision, canonicalService, canonicalRevision };
}
