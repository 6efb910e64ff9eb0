import type { Informer, ObjectChange } from '@canaryop/reconcile/cache';
import { parseTime } from '@canaryop/reconcile/env';
import type { HistogramMetric, Labels, MetricsRegistry } from '@canaryop/reconcile/metrics';
import { keyOf, keyText } from '@canaryop/reconcile/object';

import type { CanaryApp, CanaryAppStatus } from '../../api/v1/canaryapp.ts';
import { modeOf } from '../../modes/mode-of.ts';

/**
 * Seconds, from a demo's run to a day's. A release takes minutes to hours: in buckets that end at 10 s, as the defaults
 * of Prometheus' libraries do, every one of them would be in +Inf.
 */
const durationBuckets = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** What a canary's metrics are read from. */
export interface CanaryMetricsSource {
  readonly apps: Informer<CanaryApp>;
  /** Whether this replica acts; only it tells of canaries, so that no sum over replicas counts one twice. */
  readonly isLeader: () => boolean;
}

/**
 * Declares the metrics of canaries. What they say at a scrape is what the status of each CanaryApp says then, so that a
 * restart changes nothing and nothing is left of a CanaryApp that is gone. Call once for a registry.
 */
export function declareCanaryMetrics(registry: MetricsRegistry, source: CanaryMetricsSource): void {
  const gauge = (name: string, help: string, labels: readonly string[], series: SeriesOf): void => {
    registry.gauge({ name: `canaryop_canary_${name}`, help, labels }, (metric) => {
      metric.clear();
      for (const [values, value] of series(visible(source))) metric.set(values, value);
    });
  };
  gauge('total', 'Number of CanaryApps in a namespace', ['namespace'], totals);
  gauge('status', 'State of the last release: 0 running, 1 successful, 2 failed', ['name', 'namespace'], (apps) =>
    apps.map((app) => [labelsOf(app), stateOf(statusOf(app))]),
  );
  gauge('weight', 'Percentage of traffic on a workload, as read back', ['workload', 'namespace'], (apps) =>
    apps.flatMap(weightsOf),
  );
  declareDurations(registry, source);
}

type Series = readonly [labels: Labels, value: number];
type SeriesOf = (apps: readonly CanaryApp[]) => Iterable<Series>;

/** What this replica has to tell of: nothing before all of it is in memory, or as a standby. */
function visible({ apps, isLeader }: CanaryMetricsSource): readonly CanaryApp[] {
  return isLeader() && apps.hasSynced ? apps.lister.list() : [];
}

function labelsOf({ metadata }: CanaryApp): Readonly<Record<'name' | 'namespace', string>> {
  return { name: metadata.name, namespace: metadata.namespace ?? '' };
}

function totals(apps: readonly CanaryApp[]): readonly Series[] {
  const counts = new Map<string, number>();
  for (const app of apps) {
    const { namespace } = labelsOf(app);
    counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  return [...counts].map(([namespace, count]) => [{ namespace }, count]);
}

/** The status, unless it was written for an earlier object of the same name. */
function statusOf({ metadata, status }: CanaryApp): CanaryAppStatus | undefined {
  return status?.forUid !== undefined && status.forUid === metadata.uid ? status : undefined;
}

/** A run without a verdict is running, and so is what was never released; else the last verdict stands. */
function stateOf(status: CanaryAppStatus | undefined): 0 | 1 | 2 {
  const stage = status?.run?.stage;
  const isJudged = stage === undefined || stage === 'Ending' || stage === 'Restoring';
  if (status?.successfulRelease === undefined || !isJudged) return 0;
  return status.successfulRelease ? 1 : 2;
}

/** Of both workloads, from the moment on at which there is somebody to send traffic to. */
function weightsOf(app: CanaryApp): readonly Series[] {
  const status = statusOf(app);
  const mode = modeOf(app);
  if (status?.released === undefined || !('target' in mode)) return [];
  const { namespace } = labelsOf(app);
  const { primary, secondary } = mode.target.workloads;
  return [
    [{ workload: primary, namespace }, 100 - status.trafficShift],
    [{ workload: secondary, namespace }, status.trafficShift],
  ];
}

/** Observed when the watch shows a verdict, by the times that were recorded with it. */
function declareDurations(registry: MetricsRegistry, source: CanaryMetricsSource): void {
  const started = new Set<string>();
  const start = (durations: HistogramMetric, app: CanaryApp): void => {
    const key = keyText(keyOf(app));
    if (!started.has(key)) durations.start(labelsOf(app));
    started.add(key);
  };
  const histogram = registry.histogram(
    {
      name: 'canaryop_canary_duration_seconds',
      help: 'Seconds from the start of a release to its verdict: all traffic is on the new revision, or it failed',
      labels: ['name', 'namespace'],
      buckets: durationBuckets,
    },
    (durations) => {
      for (const app of visible(source)) start(durations, app);
    },
  );
  source.apps.onChange((change) => {
    if (change.type === 'deleted' && started.delete(keyText(keyOf(change.previous))))
      histogram.remove(labelsOf(change.previous));
    const seconds = verdictAfter(change);
    if (seconds === undefined || change.type !== 'updated' || !source.isLeader()) return;
    start(histogram, change.object);
    histogram.observe(labelsOf(change.object), seconds);
  });
}

/** How long the release took that this change shows the verdict of. A cancelled one has none. */
function verdictAfter(change: ObjectChange<CanaryApp>): number | undefined {
  if (change.type !== 'updated' || change.previous.status?.run?.outcome !== undefined) return undefined;
  const { outcome, startedAt, stageSince } = statusOf(change.object)?.run ?? {};
  if (outcome !== 'Promoted' && outcome !== 'Failed') return undefined;
  const from = parseTime(startedAt);
  const to = parseTime(stageSince);
  return from === undefined || to === undefined ? undefined : Math.max(to - from, 0) / 1000;
}
