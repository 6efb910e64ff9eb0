import type { Env } from '@canaryop/reconcile/env';

import type { Loopback } from '../apiserver/loopback.ts';
import { textResponse, type HttpRequest, type HttpResponse } from '../kubelet/http-exchange.ts';
import type { Delivery } from '../kubelet/pod-network.ts';
import type { MetricSample } from '../prometheus/metric-sample.ts';
import type { Cluster, MeshEndpoint } from './destination.ts';
import { MeshState, type MeshLags } from './mesh-state.ts';
import { RequestMetrics } from './request-metrics.ts';
import { route, type RouteFailure } from './route.ts';

/** A request to the ingress. */
export interface IngressRequest {
  /** @default GET */
  readonly method?: string;
  readonly host: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** How the ingress reaches pods. */
export interface Upstream {
  dispatch(address: string, port: number, request: HttpRequest): Promise<Delivery>;
}

export interface IngressOptions {
  readonly env: Env;
  readonly api: Loopback;
  readonly upstream: Upstream;
  readonly lags: MeshLags;
}

/**
 * An Istio ingress gateway: routes by what it knows, which trails the API server, and retries nothing. A request is
 * lost exactly when the configuration, the endpoints and the pods do not fit together at that moment.
 */
export class Ingress {
  readonly #env: Env;
  readonly #upstream: Upstream;
  readonly #state: MeshState;
  readonly #metrics: RequestMetrics;
  readonly #nextEndpoint = new Map<string, number>();
  #hasNewEndpoints = false;

  constructor(options: IngressOptions) {
    this.#env = options.env;
    this.#upstream = options.upstream;
    this.#metrics = new RequestMetrics(options.env.clock);
    this.#state = new MeshState({
      env: options.env,
      api: options.api,
      lags: options.lags,
      onEndpointsChange: () => {
        this.#hasNewEndpoints = true;
      },
    });
  }

  start(): void {
    this.#state.start();
  }

  stop(): void {
    this.#state.stop();
  }

  /** Sends one request through. It never rejects: what goes wrong is a 404 or 503, as with Envoy. */
  async fetch(request: IngressRequest): Promise<HttpResponse> {
    const startedAt = this.#env.clock.monotonic();
    const inner: HttpRequest = {
      method: request.method ?? 'GET',
      path: request.path,
      headers: { ...request.headers, host: request.host },
      ...(request.body === undefined ? {} : { body: request.body }),
    };
    const result = route(this.#state.snapshot, inner, this.#env.random);
    switch (result.kind) {
      case 'cluster':
        return this.#forward(result.cluster, inner, startedAt);
      case 'direct':
        this.#metrics.record({
          status: result.status,
          flag: '-',
          durationMs: 0,
          service: undefined,
          workload: undefined,
        });
        return textResponse(result.status, result.body);
      case 'failure':
        return this.#fail(result);
    }
  }

  /** The metrics that the mesh reports. */
  collect(): readonly MetricSample[] {
    // Also when nothing changed: a workload that is there keeps its series, however quiet it is.
    this.#announceWorkloads();
    return this.#metrics.collect();
  }

  async #forward(cluster: Cluster, request: HttpRequest, startedAt: number): Promise<HttpResponse> {
    if (this.#hasNewEndpoints) this.#announceWorkloads();
    const endpoint = this.#pick(cluster);
    const delivery = await this.#upstream.dispatch(endpoint.address, endpoint.port, request);
    const { response, flag } = answerOf(delivery);
    this.#metrics.record({
      status: response.status,
      flag,
      durationMs: this.#env.clock.monotonic() - startedAt,
      service: cluster.service,
      workload: delivery.outcome === 'refused' ? undefined : endpoint.workload,
    });
    return response;
  }

  #fail(failure: RouteFailure): HttpResponse {
    const service = failure.flag === 'UH' ? failure.cluster.service : undefined;
    this.#metrics.record({ status: failure.status, flag: failure.flag, durationMs: 0, service, workload: undefined });
    return textResponse(failure.status, failure.flag === 'UH' ? 'no healthy upstream' : '');
  }

  /** Round robin over the cluster's healthy endpoints. */
  #pick(cluster: Cluster): MeshEndpoint {
    const next = this.#nextEndpoint.get(cluster.name) ?? 0;
    this.#nextEndpoint.set(cluster.name, (next + 1) % Number.MAX_SAFE_INTEGER);
    const endpoint = cluster.endpoints[next % cluster.endpoints.length];
    if (endpoint === undefined)
      throw new Error(`cluster ${cluster.name} has no endpoint: route() must have refused it`);
    return endpoint;
  }

  #announceWorkloads(): void {
    this.#hasNewEndpoints = false;
    const { clusters } = this.#state.snapshot;
    for (const { service, subset, endpoints } of clusters.values()) {
      if (subset !== '') continue;
      for (const { workload } of endpoints) this.#metrics.announce(service, workload);
    }
    for (const name of this.#nextEndpoint.keys()) if (!clusters.has(name)) this.#nextEndpoint.delete(name);
  }
}

/** Envoy's answers and response flags: UF the connection failed, UC it broke. */
function answerOf(delivery: Delivery): { readonly response: HttpResponse; readonly flag: string } {
  const reset = 'upstream connect error or disconnect/reset before headers. reset reason:';
  switch (delivery.outcome) {
    case 'response':
      return { response: delivery.response, flag: '-' };
    case 'refused':
      return { response: textResponse(503, `${reset} remote connection failure`), flag: 'UF' };
    case 'reset':
      return { response: textResponse(503, `${reset} connection termination`), flag: 'UC' };
  }
}
