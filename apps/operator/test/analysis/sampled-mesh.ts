import { virtualEnv } from '@canaryop/reconcile/testing';
import { EmbeddedPrometheus } from '@canaryop/simkube';
import type { MetricSample } from '@canaryop/simkube/prometheus';

import { HttpClient } from '../../src/analysis/http.ts';
import { Endpoints } from '../../src/analysis/endpoints.ts';
import type { MetricProvider } from '../../src/analysis/metric-provider.ts';
import { providers } from '../../src/analysis/providers/providers.ts';

/** Who answers requests, as Istio's metrics name it. */
export interface Served {
  readonly workload: string;
  readonly service: string;
  readonly code?: number;
  /** Of each request. */
  readonly durationMs?: number;
  readonly reporter?: 'source' | 'destination' | 'both';
  /** The pod that reports, so that there may be several series of one workload. */
  readonly pod?: string;
}

const namespace = 'shop';
const boundsMs = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, Infinity];

/** Istio's request metrics as the samples of a Prometheus that scrapes each second, and providers that ask it. */
export class SampledMesh {
  readonly env = virtualEnv();
  readonly provider: MetricProvider;
  readonly #series = new Map<string, { sample: MetricSample; value: number }>();

  constructor() {
    const prometheus = new EmbeddedPrometheus(this.env);
    prometheus.scraper.add({
      job: 'mesh',
      instance: 'mesh',
      collect: () => [...this.#series.values()].map(({ sample, value }) => ({ ...sample, value })),
    });
    prometheus.scraper.start();
    this.provider = providers({
      http: new HttpClient(prometheus.transport(), this.env.timers, { timeoutMs: 5_000, maxBytes: 262_144 }),
      endpoints: new Endpoints(
        { allowedHosts: [], resolve: new Map(), refusedAddresses: [] },
        () => Promise.resolve(['10.1.2.3']),
        'http://prometheus.istio-system.svc:9090',
      ),
    });
  }

  /** Makes the series of a side, at 0. */
  announce(served: Served): void {
    this.#count(served, 0);
  }

  /** Lets each of these answer `perSecond` requests for a time. */
  async serve(seconds: number, ...served: readonly (Served & { readonly perSecond: number })[]): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      for (const one of served) this.#count(one, one.perSecond);
      await this.env.time.advance(1_000);
    }
  }

  #count(served: Served, requests: number): void {
    const { reporter = 'both', durationMs = 20 } = served;
    for (const one of reporter === 'both' ? (['source', 'destination'] as const) : [reporter]) {
      const labels = labelsOf(served, one);
      this.#add({ name: 'istio_requests_total', type: 'counter', labels, value: 0 }, requests);
      for (const bound of boundsMs) {
        const le = bound === Infinity ? '+Inf' : String(bound);
        const name = 'istio_request_duration_milliseconds_bucket';
        const sample: MetricSample = { name, type: 'histogram', labels: { ...labels, le }, value: 0 };
        this.#add(sample, durationMs <= bound ? requests : 0);
      }
    }
  }

  #add(sample: MetricSample, by: number): void {
    const key = JSON.stringify([sample.name, sample.labels]);
    const known = this.#series.get(key) ?? { sample, value: 0 };
    this.#series.set(key, { sample, value: known.value + by });
  }
}

function labelsOf({ workload, service, code = 200, pod = 'a' }: Served, reporter: string): MetricSample['labels'] {
  return {
    reporter,
    pod,
    destination_workload: workload,
    destination_workload_namespace: namespace,
    destination_service: `${service}.${namespace}.svc.cluster.local`,
    destination_service_name: service,
    destination_service_namespace: namespace,
    response_code: String(code),
  };
}
