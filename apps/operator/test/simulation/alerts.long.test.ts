import { createCache, type Informer } from '@canaryop/reconcile/cache';
import { createClient, noCredentials } from '@canaryop/reconcile/client';
import type { Transport } from '@canaryop/reconcile/env';
import type { EndpointAnswer } from '@canaryop/reconcile/health';
import { Pod } from '@canaryop/reconcile/kinds';
import { metricsRegistry } from '@canaryop/reconcile/metrics';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import { afterEach, describe, expect, it } from 'vitest';

import { alertServer } from '../../src/alerts/alert-server.ts';
import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { kindOf } from '../manifests/install.ts';
import { readManifests } from '../manifests/manifest-files.ts';
import { seriesOf } from '../metrics/series.ts';
import { image, named, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';
import { operatorAccount } from './simulated-cluster.ts';

let simulation: AdoptedSimulation | undefined;
let stopping = new AbortController();

afterEach(async () => {
  stopping.abort();
  stopping = new AbortController();
  await simulation?.stop();
  simulation = undefined;
});

/** What an operator with alerts has beside the others. */
interface Receiver {
  post(path: '/alerts' | '/kill', labels: object, more?: object): Promise<EndpointAnswer>;
  /** What was told of pods. */
  readonly told: readonly string[];
  readonly registry: ReturnType<typeof metricsRegistry>;
  /** Ends its connection before the next request of this method is answered. */
  dieAt(method: string): void;
}

/** The receiver as the operator makes it, under the rights that config/alerts gives it. */
async function receiverOn(sim: AdoptedSimulation, { isBound = true } = {}): Promise<Receiver> {
  const { env, cluster } = sim;
  const roles = ['alert_receiver_role', 'alert_receiver_role_binding'].flatMap((name) =>
    readManifests(`config/alerts/${name}.yaml`),
  );
  if (isBound) for (const role of roles) cluster.server.loopback.create(kindOf(role), role);
  const inner = cluster.server.transport(operatorAccount);
  let fatal: string | undefined;
  let isDead = false;
  const transport: Transport = {
    close: () => inner.close(),
    request: async (request) => {
      const response = await inner.request(request);
      isDead ||= request.method === fatal;
      return isDead ? new Promise(() => undefined) : response;
    },
  };
  const options = { env, connection: { server: 'https://simkube', transport, credentials: noCredentials } };
  const cache = createCache({ ...options, fieldManager: 'canaryop' });
  const apps: Informer<CanaryApp> = cache.informer(CanaryApp, { transform: (app) => CanaryApp.withDefaults(app) });
  void cache.start(stopping.signal);
  await env.time.until(() => apps.hasSynced);
  const registry = metricsRegistry();
  const told: string[] = [];
  const events = {
    event: (about: KubernetesObject, _type: string, reason: string, message: string) =>
      told.push(`${about.metadata.name} ${reason}: ${message}`),
  };
  const server = alertServer(
    { env, events, registry },
    { apps },
    { address: ':0', secure: {}, namespaces: ['default', 'other'] },
  );
  const endpoint = server.endpoint(createClient({ ...options, fieldManager: 'canaryop' }));
  return {
    told,
    registry,
    dieAt: (method) => {
      fatal = method;
    },
    post: async (path, labels, more = {}) => {
      let answer: EndpointAnswer | undefined;
      const body = JSON.stringify({
        version: '4',
        status: 'firing',
        alerts: [{ status: 'firing', labels: { alertname: 'SlowPod', namespace: 'default', ...labels }, ...more }],
      });
      void endpoint({ method: 'POST', path, query: new URLSearchParams(), headers: {}, body }).then((given) => {
        answer = given;
      });
      await env.time.until(() => answer !== undefined || isDead);
      return answer ?? { status: 0, body: 'no answer' };
    },
  };
}

/** A run of v2 with traffic. */
async function released(): Promise<AdoptedSimulation> {
  const sim = await podinfoCluster();
  simulation = sim;
  sim.startOperator();
  sim.adopt();
  await sim.untilAdopted('Released');
  sim.sendRequests('/hello');
  sim.release('v2');
  await sim.untilShare(10);
  return sim;
}

const pods = (sim: AdoptedSimulation): readonly Pod[] => sim.cluster.server.loopback.list(Pod);

function podOf(sim: AdoptedSimulation, app: string): Pod {
  const found = pods(sim).find(({ metadata }) => metadata.labels?.['app'] === app && !metadata.deletionTimestamp);
  if (found === undefined) throw new Error(`there is no pod of ${app}`);
  return found;
}

describe('an alert that is posted to /alerts', () => {
  it('fails the release whose pod it names, and is kept on the pod', async () => {
    const sim = await released();
    const receiver = await receiverOn(sim);
    const { name } = podOf(sim, 'podinfo').metadata;
    expect(await receiver.post('/alerts', { kubernetes_pod_name: name })).toMatchObject({ status: 200 });
    await sim.untilAdopted('Failed');
    const [failed] = sim.adopted()?.status?.failedRevisions ?? [];
    expect(failed).toMatchObject({ image: image('v2'), reason: 'PodFailed' });
    expect(failed?.message).toBe(`AlertFiring: alert SlowPod names pod ${name}`);
  });

  it('changes nothing about a pod that is on no trial, that is older than it, or that is gone', async () => {
    const sim = await released();
    const receiver = await receiverOn(sim);
    const before = pods(sim);
    const onTrial = podOf(sim, 'podinfo').metadata.name;
    for (const [labels, more] of [
      [{ pod: podOf(sim, 'podinfo-primary').metadata.name }, {}],
      [{ pod: onTrial }, { startsAt: '2020-01-01T00:00:00Z' }],
      [{ pod: 'gone' }, {}],
    ] as const)
      expect(await receiver.post('/alerts', labels, more)).toMatchObject({ status: 200 });
    expect(pods(sim)).toEqual(before);
  });
});

describe('an alert that is posted to /kill', () => {
  it('deletes a pod of a CanaryApp, marked and counted', async () => {
    const sim = await released();
    const receiver = await receiverOn(sim);
    const { name, uid } = podOf(sim, 'podinfo-primary').metadata;
    const marks: (string | undefined)[] = [];
    const unwatch = sim.cluster.server.loopback.watch(Pod, ({ object }) => {
      if (object.metadata.uid === uid && object.metadata.deletionTimestamp !== undefined)
        marks.push(object.metadata.annotations?.['killed-by']);
    });
    expect(await receiver.post('/kill', { pod: name })).toMatchObject({ status: 200 });
    unwatch();
    expect(marks[0]).toBe('pod-killer');
    expect(receiver.told).toEqual([`${name} PodKilled: deleted, as alert SlowPod named it`]);
    expect(await totalsOfKills(receiver)).toEqual({ 'pod_killer_total{deployment="podinfo-primary"}': 1 });
    expect(await receiver.post('/kill', { pod: name })).toMatchObject({ status: 200 });
    expect(await totalsOfKills(receiver)).toEqual({ 'pod_killer_total{deployment="podinfo-primary"}': 1 });
  });

  it('deletes any pod that its owner has labelled so, and no other', async () => {
    const sim = await released();
    const receiver = await receiverOn(sim);
    for (const [name, labels] of [
      ['theirs', { app: 'theirs' }],
      ['not-quite', { 'canary.atze.io/killable': 'yes' }],
      ['given', { app: 'given', 'canary.atze.io/killable': 'true' }],
    ] as const)
      sim.cluster.server.loopback.create(Pod, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { ...named(name), labels },
        spec: { containers: [{ name: 'c', image: image('v1') }] },
      });
    expect(await receiver.post('/kill', { pod: 'theirs' })).toMatchObject({ status: 403 });
    expect(await receiver.post('/kill', { pod: 'not-quite' })).toMatchObject({ status: 403 });
    expect(await receiver.post('/kill', { pod: 'given' })).toMatchObject({ status: 200 });
    expect(pods(sim).filter(({ metadata }) => metadata.name === 'theirs')[0]?.metadata.annotations).toBeUndefined();
    expect(await totalsOfKills(receiver)).toEqual({ 'pod_killer_total{deployment="given"}': 1 });
  });

  it('is done to the end by who is told again, where the first one died after its mark', async () => {
    const sim = await released();
    const first = await receiverOn(sim);
    const { name } = podOf(sim, 'podinfo-primary').metadata;
    first.dieAt('PATCH');
    expect(await first.post('/kill', { pod: name })).toMatchObject({ status: 0 });
    const second = await receiverOn(sim, { isBound: false });
    expect(await second.post('/kill', { pod: name })).toMatchObject({
      status: 200,
      body: `deleted pod default/${name}\n`,
    });
  });

  it('is refused in a namespace that was not named, or where the operator has no right to', async () => {
    const sim = await released();
    const receiver = await receiverOn(sim, { isBound: false });
    const { name: pod } = podOf(sim, 'podinfo-primary').metadata;
    const unnamed = await receiver.post('/kill', { pod, namespace: 'third' });
    expect(unnamed).toMatchObject({ status: 403, body: expect.stringContaining('--alerts-namespace') });
    const unbound = await receiver.post('/kill', { pod });
    expect(unbound).toMatchObject({ status: 403, body: expect.stringContaining('bind its role') });
  });
});

describe('notifications', () => {
  it('are put off where there are too many at once, so that Alertmanager sends them again', async () => {
    const sim = await released();
    const receiver = await receiverOn(sim);
    const answers = [];
    for (let count = 0; count < 40; count += 1) answers.push((await receiver.post('/alerts', { pod: 'gone' })).status);
    expect(new Set(answers)).toEqual(new Set([200, 503]));
    await sim.env.time.advance(10_000);
    expect((await receiver.post('/alerts', { pod: 'gone' })).status).toBe(200);
  });
});

function totalsOfKills({ registry }: Receiver): Promise<unknown> {
  return seriesOf(registry, 'pod_killer_total');
}
