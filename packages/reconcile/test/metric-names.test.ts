import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createManager } from '@canaryop/reconcile';
import { noCredentials } from '@canaryop/reconcile/client';
import { TinyApiServer, virtualEnv } from '@canaryop/reconcile/testing';

const page = readFileSync(join(import.meta.dirname, '../../../docs/features.md'), 'utf8');
const row = /^## Prometheus metrics$(?<text>[^]*?)^## /mu.exec(page)?.groups?.['text'] ?? '';

/** What controller-runtime 0.22 declares in its registry, beside the metrics of the Go process. */
const controllerRuntime = [
  'certwatcher_read_certificate_errors_total',
  'certwatcher_read_certificate_total',
  'controller_runtime_active_workers',
  'controller_runtime_conversion_webhook_panics_total',
  'controller_runtime_max_concurrent_reconciles',
  'controller_runtime_reconcile_errors_total',
  'controller_runtime_reconcile_panics_total',
  'controller_runtime_reconcile_time_seconds',
  'controller_runtime_reconcile_timeouts_total',
  'controller_runtime_reconcile_total',
  'controller_runtime_terminal_reconcile_errors_total',
  'controller_runtime_webhook_latency_seconds',
  'controller_runtime_webhook_panics_total',
  'controller_runtime_webhook_requests_in_flight',
  'controller_runtime_webhook_requests_total',
  'leader_election_master_status',
  'leader_election_slowpath_total',
  'rest_client_requests_total',
  'workqueue_adds_total',
  'workqueue_depth',
  'workqueue_longest_running_processor_seconds',
  'workqueue_queue_duration_seconds',
  'workqueue_retries_total',
  'workqueue_unfinished_work_seconds',
  'workqueue_work_duration_seconds',
];
const leftOut = [
  'certwatcher_read_certificate_errors_total',
  'certwatcher_read_certificate_total',
  'controller_runtime_conversion_webhook_panics_total',
  'controller_runtime_reconcile_panics_total',
  'leader_election_slowpath_total',
];
/** The first is client-go's, as Kubernetes' own programs declare it. */
const more = [
  'rest_client_request_duration_seconds',
  'reconcile_writes_at_rest_total',
  'webhook_certificate_expiration_timestamp_seconds',
];

describe('the metrics of a manager', () => {
  it("are those of controller-runtime, but for what is left out, and the library's own", async () => {
    const manager = createManager({
      env: virtualEnv(),
      connection: { server: 'http://api.test', transport: new TinyApiServer(), credentials: noCredentials },
      fieldManager: 'tester',
      leaderElection: { lease: { namespace: 'ns', name: 'lock' } },
      webhooks: { place: { service: { namespace: 'ns', name: 'hooks' } } },
    });
    const { body } = await manager.registry.render();
    const names = [...body.matchAll(/^# TYPE (?<name>\S+)/gmu)].map(({ groups }) => groups?.['name'] ?? '');
    const expected = [...controllerRuntime.filter((name) => !leftOut.includes(name)), ...more];
    expect(names.sort()).toEqual(expected.sort());
  });

  it.each([...leftOut, ...more])('are explained in docs/features.md where they differ: %s', (name) => {
    expect(row).toContain(`\`${name}\``);
  });
});
