import { collectDefaultMetrics, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';

import type { ControllerState } from '../controller/controller.ts';
import type { Endpoint, EndpointRequest } from '../health/http-server.ts';
import type { KubernetesObject } from '../object/object.ts';
import type { ResourceKind } from '../object/resource-kind.ts';
import { virtualEnv } from '../testing/virtual-env.ts';
import { clientMetrics, leaderMetrics } from './client-metrics.ts';
import { controllerMetrics } from './controller-metrics.ts';
import { guardedEndpoint } from './guarded-endpoint.ts';
import { metricsEndpoint, metricsPath } from './metrics-endpoint.ts';
import { metricsRegistry, type MetricsRegistry } from './registry.ts';
import { requestAuthorizer, type AccessRequest } from './request-authorizer.ts';

async function series(registry: MetricsRegistry): Promise<Record<string, number>> {
  const { body } = await registry.render();
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

describe('the metrics of the process', () => {
  it('are those that prom-client collects by default, under its names', async () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const names = (text: string): readonly string[] =>
      [...text.matchAll(/^# TYPE (?<name>\S+ \S+)$/gmu)].map(([, name = '']) => name);
    const { body } = await metricsRegistry({ processMetrics: true }).render();
    expect(names(body).toSorted()).toEqual(names(await registry.metrics()).toSorted());
    expect(/^process_cpu_seconds_total (?<seconds>\S+)$/mu.exec(body)?.groups?.['seconds']).toSatisfy(
      (seconds) => Number(seconds) > 0,
    );
  });
});

describe('controller metrics', () => {
  it('have the names and labels of controller-runtime, and exist from the start', async () => {
    const registry = metricsRegistry();
    const metrics = controllerMetrics(registry)('web');
    const state: ControllerState = { workers: 4, activeWorkers: 2, queueDepth: 7, unfinishedMs: [500, 1500] };
    metrics.observe(state);
    expect(await series(registry)).toMatchObject({
      'controller_runtime_reconcile_total{controller="web",result="success"}': 0,
      'controller_runtime_reconcile_total{controller="web",result="error"}': 0,
      'controller_runtime_reconcile_total{controller="web",result="requeue_after"}': 0,
      'controller_runtime_reconcile_errors_total{controller="web"}': 0,
      'controller_runtime_terminal_reconcile_errors_total{controller="web"}': 0,
      'controller_runtime_reconcile_timeouts_total{controller="web"}': 0,
      'controller_runtime_max_concurrent_reconciles{controller="web"}': 4,
      'controller_runtime_active_workers{controller="web"}': 2,
      'workqueue_depth{name="web",controller="web"}': 7,
      'workqueue_unfinished_work_seconds{name="web",controller="web"}': 2,
      'workqueue_longest_running_processor_seconds{name="web",controller="web"}': 1.5,
      'workqueue_adds_total{name="web",controller="web"}': 0,
      'workqueue_retries_total{name="web",controller="web"}': 0,
    });
  });

  it('count what happens, in seconds', async () => {
    const registry = metricsRegistry();
    const metrics = controllerMetrics(registry)('web');
    metrics.reconciled('success', 30);
    metrics.reconciled('error', 30);
    metrics.reconciled('terminal_error', 30);
    metrics.reconciled('timeout', 1000);
    metrics.queue.added();
    metrics.queue.retried();
    metrics.queue.started(2000);
    metrics.queue.finished(250);
    expect(await series(registry)).toMatchObject({
      'controller_runtime_reconcile_total{controller="web",result="success"}': 1,
      'controller_runtime_reconcile_total{controller="web",result="error"}': 2,
      'controller_runtime_reconcile_errors_total{controller="web"}': 2,
      'controller_runtime_terminal_reconcile_errors_total{controller="web"}': 1,
      'controller_runtime_reconcile_timeouts_total{controller="web"}': 1,
      'controller_runtime_reconcile_time_seconds_count{controller="web"}': 3,
      'controller_runtime_reconcile_time_seconds_bucket{le="0.025",controller="web"}': 0,
      'controller_runtime_reconcile_time_seconds_bucket{le="0.05",controller="web"}': 3,
      'workqueue_adds_total{name="web",controller="web"}': 1,
      'workqueue_retries_total{name="web",controller="web"}': 1,
      'workqueue_queue_duration_seconds_sum{name="web",controller="web"}': 2,
      'workqueue_work_duration_seconds_sum{name="web",controller="web"}': 0.25,
    });
  });

  it('serve several controllers from one registry', async () => {
    const registry = metricsRegistry();
    const of = controllerMetrics(registry);
    of('a').reconciled('success', 1);
    of('b').reconciled('success', 1);
    const all = await series(registry);
    expect(all['controller_runtime_reconcile_total{controller="a",result="success"}']).toBe(1);
    expect(all['controller_runtime_reconcile_total{controller="b",result="success"}']).toBe(1);
  });
});

describe('client and leader metrics', () => {
  it('have the names of client-go', async () => {
    const registry = metricsRegistry();
    clientMetrics(registry)({ method: 'GET', host: 'api:6443', code: '200', durationMs: 20 });
    const leading = leaderMetrics(registry, ['lock']);
    expect(await series(registry)).toMatchObject({
      'rest_client_requests_total{code="200",method="GET",host="api:6443"}': 1,
      'leader_election_master_status{name="lock"}': 0,
    });
    leading('lock', true);
    expect(await series(registry)).toMatchObject({ 'leader_election_master_status{name="lock"}': 1 });
  });
});

describe('a gauge', () => {
  it('that is cleared keeps no series', async () => {
    const registry = metricsRegistry();
    const gauge = registry.gauge({ name: 'weight', help: 'h', labels: ['of'] });
    gauge.set({ of: 'a' }, 1);
    gauge.set({ of: 'b' }, 2);
    gauge.remove({ of: 'a' });
    expect(await series(registry)).toEqual({ 'weight{of="b"}': 2 });
    gauge.clear();
    expect(await series(registry)).toEqual({});
  });
});

describe('a histogram', () => {
  it('shows series that were started, collects at each scrape, and forgets what is removed', async () => {
    const registry = metricsRegistry();
    let scrapes = 0;
    const histogram = registry.histogram({ name: 'took', help: 'h', labels: ['of'], buckets: [1] }, (collected) => {
      scrapes += 1;
      collected.start({ of: `scrape ${scrapes}` });
    });
    histogram.observe({ of: 'a' }, 3);
    expect(await series(registry)).toMatchObject({ 'took_count{of="a"}': 1, 'took_count{of="scrape 1"}': 0 });
    histogram.remove({ of: 'a' });
    const left = Object.keys(await series(registry)).filter((name) => name.startsWith('took_count'));
    expect(left).toEqual(['took_count{of="scrape 1"}', 'took_count{of="scrape 2"}']);
  });
});

describe('the metrics endpoint', () => {
  it('answers with all metrics', async () => {
    const registry = metricsRegistry();
    registry.counter({ name: 'things_total', help: 'h' }).add({}, 2);
    const answer = await metricsEndpoint(registry)(requestFor({ path: metricsPath }));
    expect(answer).toMatchObject({ status: 200, contentType: expect.stringContaining('text/plain') });
    expect(answer.body).toContain('things_total 2');
  });
});

function requestFor(part: Partial<EndpointRequest>): EndpointRequest {
  return { method: 'GET', path: '/', query: new URLSearchParams(), headers: {}, body: '', ...part };
}

describe('a guarded endpoint', () => {
  const endpoint: Endpoint = () => Promise.resolve({ status: 200, body: 'in' });
  const asked: AccessRequest[] = [];
  const guarded = guardedEndpoint(endpoint, ['/a', '/b'], (request) => {
    asked.push(request);
    const { authorization, verb } = request;
    return Promise.resolve(authorization === undefined ? 401 : verb === 'post' ? 403 : 200);
  });
  const headers = { authorization: 'Bearer ok' };

  it.each<[string, Partial<EndpointRequest>, number]>([
    ['lets in who may', { path: '/a', headers }, 200],
    ['wants to know who it is', { path: '/a' }, 401],
    ['refuses who may not do that', { path: '/b', method: 'POST', headers }, 403],
    ['has no other path', { path: '/c', headers }, 404],
  ])('%s', async (_what, part, status) => {
    expect((await guarded(requestFor(part))).status).toBe(status);
  });

  it('asks nobody about a path that is not there', async () => {
    asked.length = 0;
    await guarded(requestFor({ path: '/c', headers }));
    expect(asked).toEqual([]);
    await guarded(requestFor({ path: '/b', method: 'HEAD', headers }));
    expect(asked).toEqual([{ authorization: 'Bearer ok', verb: 'get', path: '/b' }]);
  });

  it('is open to everybody where nobody is to be asked', async () => {
    expect((await guardedEndpoint(endpoint, ['/a'])(requestFor({ path: '/a' }))).status).toBe(200);
  });
});

describe('the request authorizer', () => {
  const scrape = { verb: 'get', path: '/metrics' } as const;

  function setUp(answers: { authenticated: boolean; allowed: boolean }): {
    authorize: ReturnType<typeof requestAuthorizer>;
    asked: [string, object][];
    env: ReturnType<typeof virtualEnv>;
  } {
    const env = virtualEnv();
    const asked: [string, object][] = [];
    const authorize = requestAuthorizer({
      env,
      client: {
        create: <T extends KubernetesObject>(kind: ResourceKind<T>, object: object): Promise<T> => {
          asked.push([kind.kind, object]);
          const user = { username: 'system:serviceaccount:monitoring:prometheus', uid: 'u', groups: ['g'] };
          const status =
            kind.kind === 'TokenReview' ? { authenticated: answers.authenticated, user } : { allowed: answers.allowed };
          return Promise.resolve({ ...object, status } as unknown as T);
        },
      },
    });
    return { authorize, asked, env };
  }

  it('asks who the token is, then whether that user may read the path', async () => {
    const { authorize, asked } = setUp({ authenticated: true, allowed: true });
    expect(await authorize({ ...scrape, authorization: 'Bearer abc' })).toBe(200);
    expect(asked).toMatchObject([
      ['TokenReview', { metadata: {}, spec: { token: 'abc' } }],
      [
        'SubjectAccessReview',
        {
          metadata: {},
          spec: {
            user: 'system:serviceaccount:monitoring:prometheus',
            groups: ['g'],
            nonResourceAttributes: { path: '/metrics', verb: 'get' },
          },
        },
      ],
    ]);
  });

  it('refuses no token and a bad one without, and a user without the right after the second question', async () => {
    const bad = setUp({ authenticated: false, allowed: true });
    expect(await bad.authorize({ ...scrape, authorization: undefined })).toBe(401);
    expect(await bad.authorize({ ...scrape, authorization: 'Basic abc' })).toBe(401);
    expect(bad.asked).toEqual([]);
    expect(await bad.authorize({ ...scrape, authorization: 'Bearer abc' })).toBe(401);
    expect(bad.asked).toHaveLength(1);
    expect(
      await setUp({ authenticated: true, allowed: false }).authorize({ ...scrape, authorization: 'Bearer abc' }),
    ).toBe(403);
  });

  it('remembers a verdict for a minute, for this token, verb and path only', async () => {
    const { authorize, asked, env } = setUp({ authenticated: true, allowed: true });
    await authorize({ ...scrape, authorization: 'Bearer abc' });
    await env.time.advance(59_000);
    await authorize({ ...scrape, authorization: 'Bearer abc' });
    expect(asked).toHaveLength(2);
    await authorize({ ...scrape, authorization: 'Bearer other' });
    expect(asked).toHaveLength(4);
    await authorize({ ...scrape, verb: 'post', authorization: 'Bearer abc' });
    expect(asked).toHaveLength(6);
    await env.time.advance(2000);
    await authorize({ ...scrape, authorization: 'Bearer abc' });
    expect(asked).toHaveLength(8);
  });
});
