import type { Clock } from '@canaryop/reconcile/env';

import type { MetricSample } from '../prometheus/metric-sample.ts';
import type { DestinationService, DestinationWorkload } from './destination.ts';

/** Upper bounds of Envoy's default histogram, in milliseconds. */
const bucketsMs: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

/** A series of a workload that is gone is dropped when nobody has touched it for so long. */
const retentionMs = 3_600_000;

type Labels = Readonly<Record<string, string>>;

interface Series {
  readonly labels: Labels;
  requests: number;
  durationSumMs: number;
  readonly buckets: number[];
  touchedAtMs: number;
}

/** One finished request, for counting. */
export interface RequestRecord {
  readonly status: number;
  /** Envoy's response flag, `-` for none. */
  readonly flag: string;
  readonly durationMs: number;
  /** Undefined when no Service was found. */
  readonly service: DestinationService | undefined;
  /** Undefined when no pod was reached. */
  readonly workload: DestinationWorkload | undefined;
}

/**
 * `istio_requests_total` and `istio_request_duration_milliseconds` with Istio's labels: once as the ingress reports a
 * request (reporter source), and once as the workload's sidecar does (reporter destination) when it answered.
 * The 200 and 500 series of a workload start at 0 when its first endpoint appears, so that a rate has a first sample.
 * Real Istio starts a series with its first request.
 */
export class RequestMetrics {
  readonly #clock: Clock;
  readonly #series = new Map<string, Series>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(request: RequestRecord): void {
    this.#count('source', request);
    // A connection that broke has left no sidecar to report it.
    if (request.workload !== undefined && request.flag === '-') this.#count('destination', request);
  }

  /** Starts the series of a workload at 0, if they are not there. */
  announce(service: DestinationService, workload: DestinationWorkload): void {
    for (const status of [200, 500]) {
      const record = { status, flag: '-', durationMs: 0, service, workload };
      this.#find('source', record);
      this.#find('destination', record);
    }
  }

  /** Every series as it is now. Drops those that no request and no endpoint has touched for an hour. */
  collect(): readonly MetricSample[] {
    const oldest = this.#clock.monotonic() - retentionMs;
    for (const [key, series] of this.#series) if (series.touchedAtMs < oldest) this.#series.delete(key);
    return [...this.#series.values()].flatMap(samplesOf);
  }

  #count(reporter: Reporter, request: RequestRecord): void {
    const series = this.#find(reporter, request);
    series.requests += 1;
    series.durationSumMs += request.durationMs;
    const bucket = bucketsMs.findIndex((bound) => request.durationMs <= bound);
    const at = bucket === -1 ? bucketsMs.length : bucket;
    series.buckets[at] = (series.buckets[at] ?? 0) + 1;
  }

  #find(reporter: Reporter, request: RequestRecord): Series {
    const key = seriesKey(reporter, request);
    const known = this.#series.get(key);
    if (known !== undefined) {
      known.touchedAtMs = this.#clock.monotonic();
      return known;
    }
    const series: Series = {
      labels: labelsOf(reporter, request),
      requests: 0,
      durationSumMs: 0,
      buckets: [...bucketsMs, Infinity].map(() => 0),
      touchedAtMs: this.#clock.monotonic(),
    };
    this.#series.set(key, series);
    return series;
  }
}

type Reporter = 'source' | 'destination';

function seriesKey(reporter: Reporter, { service, workload, status, flag }: RequestRecord): string {
  const { name, namespace, app, version, canonicalRevision } = workload ?? unknownWorkload;
  return [reporter, status, flag, service?.host, namespace, name, app, version, canonicalRevision].join('|');
}

const unknown = 'unknown';

const sourceLabels: Labels = {
  source_workload: 'istio-ingressgateway',
  source_workload_namespace: 'istio-system',
  source_principal: unknown,
  source_app: 'istio-ingressgateway',
  source_version: unknown,
  source_cluster: 'Kubernetes',
  source_canonical_service: 'istio-ingressgateway',
  source_canonical_revision: 'latest',
};

const unknownService: DestinationService = { host: unknown, name: unknown, namespace: unknown };
const unknownWorkload: DestinationWorkload = {
  name: unknown,
  namespace: unknown,
  app: unknown,
  version: unknown,
  canonicalService: unknown,
  canonicalRevision: unknown,
};

function labelsOf(reporter: Reporter, request: RequestRecord): Labels {
  const { service = unknownService, workload = unknownWorkload } = request;
  return {
    reporter,
    ...sourceLabels,
    destination_workload: workload.name,
    destination_workload_namespace: workload.namespace,
    destination_principal: unknown,
    destination_app: workload.app,
    destination_version: workload.version,
    destination_service: service.host,
    destination_service_name: service.name,
    destination_service_namespace: service.namespace,
    destination_cluster: request.workload === undefined ? unknown : 'Kubernetes',
    destination_canonical_service: workload.canonicalService,
    destination_canonical_revision: workload.canonicalRevision,
    request_protocol: 'http',
    response_code: String(request.status),
    grpc_response_status: '',
    response_flags: request.flag,
    // The ingress cannot tell; the sidecar sees plain text, as no identities are issued here.
    connection_security_policy: reporter === 'source' ? unknown : 'none',
  };
}

function samplesOf(series: Series): readonly MetricSample[] {
  const name = 'istio_request_duration_milliseconds';
  const { labels, requests } = series;
  const total: MetricSample = { name: 'istio_requests_total', type: 'counter', labels, value: requests };
  if (requests === 0) return [total];
  let cumulative = 0;
  const buckets = series.buckets.map((count, at): MetricSample => {
    cumulative += count;
    const bound = bucketsMs[at];
    const le = bound === undefined ? '+Inf' : String(bound);
    return { name: `${name}_bucket`, type: 'histogram', labels: { ...labels, le }, value: cumulative };
  });
  return [
    total,
    ...buckets,
    { name: `${name}_sum`, type: 'histogram', labels, value: series.durationSumMs },
    { name: `${name}_count`, type: 'histogram', labels, value: requests },
  ];
}
