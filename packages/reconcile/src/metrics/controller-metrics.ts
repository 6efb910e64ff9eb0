import type { ControllerMetrics, ControllerState, ReconcileOutcome } from '../controller/controller.ts';
import type { MetricsRegistry } from './registry.ts';

/** controller-runtime's buckets, so that its dashboards fit. */
const reconcileBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
const queueBuckets = Array.from({ length: 12 }, (_, exponent) => 10 ** (exponent - 8));
const outcomes: readonly ReconcileOutcome[] = ['success', 'requeue_after', 'error', 'terminal_error', 'timeout'];

/**
 * Declares the metrics of controllers and their queues, under controller-runtime's names, and gives each controller
 * its own labels. Durations are exported in seconds. Call once for a registry.
 */
export function controllerMetrics(registry: MetricsRegistry): (controller: string) => ControllerMetrics {
  const states = new Map<string, ControllerState>();
  const reconciles = reconcileMetrics(registry, states);
  const queues = queueMetrics(registry, states);
  const atRest = registry.counter({
    name: 'reconcile_writes_at_rest_total',
    help: 'Writes of reconciles although nothing but their own writes had changed; counted where idempotence is checked',
    labels: ['controller'],
  });
  return (controller) => {
    const labels = { controller };
    for (const outcome of outcomes) reconciles.start(labels, outcome);
    atRest.add(labels, 0);
    return {
      queue: queues(controller),
      observe: (state) => {
        states.set(controller, state);
      },
      reconciled: (outcome, durationMs) => {
        reconciles.count(labels, outcome, durationMs);
      },
      wroteAtRest: (writes) => {
        atRest.add(labels, writes);
      },
    };
  };
}

interface ReconcileMetrics {
  /** Makes the series exist, so that a rate over them is right from the first reconcile on. */
  start(labels: { controller: string }, outcome: ReconcileOutcome): void;
  count(labels: { controller: string }, outcome: ReconcileOutcome, durationMs: number): void;
}

function reconcileMetrics(registry: MetricsRegistry, states: ReadonlyMap<string, ControllerState>): ReconcileMetrics {
  const prefix = 'controller_runtime_';
  const labels = ['controller'];
  const counter = (name: string, help: string, names = labels): ReturnType<MetricsRegistry['counter']> =>
    registry.counter({ name: prefix + name, help, labels: names });
  const total = counter('reconcile_total', 'Reconciliations per controller and result', ['controller', 'result']);
  const errors = counter('reconcile_errors_total', 'Reconciliation errors per controller');
  const terminal = counter('terminal_reconcile_errors_total', 'Reconciliation errors that are not retried');
  const timeouts = counter('reconcile_timeouts_total', 'Reconciliations that ran into their timeout');
  const seconds = registry.histogram({
    name: `${prefix}reconcile_time_seconds`,
    help: 'Length of time per reconciliation per controller',
    labels,
    buckets: reconcileBuckets,
  });
  registry.gauge(
    { name: `${prefix}max_concurrent_reconciles`, help: 'Number of workers per controller', labels },
    (gauge) => {
      for (const [controller, { workers }] of states) gauge.set({ controller }, workers);
    },
  );
  registry.gauge(
    { name: `${prefix}active_workers`, help: 'Number of workers in use per controller', labels },
    (gauge) => {
      for (const [controller, { activeWorkers }] of states) gauge.set({ controller }, activeWorkers);
    },
  );
  const add = (controller: { controller: string }, outcome: ReconcileOutcome, amount: number): void => {
    if (outcome === 'timeout') {
      timeouts.add(controller, amount);
      return;
    }
    const isError = outcome === 'error' || outcome === 'terminal_error';
    total.add({ ...controller, result: isError ? 'error' : outcome }, amount);
    if (isError) errors.add(controller, amount);
    if (outcome === 'terminal_error') terminal.add(controller, amount);
  };
  return {
    start: (controller, outcome) => {
      add(controller, outcome, 0);
    },
    count: (controller, outcome, durationMs) => {
      add(controller, outcome, 1);
      if (outcome !== 'timeout') seconds.observe(controller, durationMs / 1000);
    },
  };
}

function queueMetrics(
  registry: MetricsRegistry,
  states: ReadonlyMap<string, ControllerState>,
): (controller: string) => ControllerMetrics['queue'] {
  const labels = ['name', 'controller'];
  const gauge = (name: string, help: string, read: (state: ControllerState) => number): void => {
    registry.gauge({ name: `workqueue_${name}`, help, labels }, (metric) => {
      for (const [controller, state] of states) metric.set({ name: controller, controller }, read(state));
    });
  };
  gauge('depth', 'Current depth of workqueue', (state) => state.queueDepth);
  gauge('unfinished_work_seconds', 'Seconds of work in progress that has not been observed yet', (state) =>
    state.unfinishedMs.reduce((sum, ms) => sum + ms / 1000, 0),
  );
  gauge('longest_running_processor_seconds', 'Seconds that the longest running processor has been running', (state) =>
    state.unfinishedMs.reduce((most, ms) => Math.max(most, ms / 1000), 0),
  );
  const adds = registry.counter({ name: 'workqueue_adds_total', help: 'Adds handled by workqueue', labels });
  const retries = registry.counter({ name: 'workqueue_retries_total', help: 'Retries handled by workqueue', labels });
  const histogram = (name: string, help: string): ReturnType<MetricsRegistry['histogram']> =>
    registry.histogram({ name: `workqueue_${name}`, help, labels, buckets: queueBuckets });
  const queued = histogram('queue_duration_seconds', 'Seconds that an item stays in workqueue before it is requested');
  const worked = histogram('work_duration_seconds', 'Seconds that processing an item from workqueue takes');
  return (controller) => {
    const values = { name: controller, controller };
    adds.add(values, 0);
    retries.add(values, 0);
    return {
      added: () => {
        adds.add(values);
      },
      retried: () => {
        retries.add(values);
      },
      started: (queuedMs) => {
        queued.observe(values, queuedMs / 1000);
      },
      finished: (workedMs) => {
        worked.observe(values, workedMs / 1000);
      },
    };
  };
}
