import { Deployment, Service } from '@canaryop/reconcile/kinds';
import type { ObjectKey, ResourceKind } from '@canaryop/reconcile/object';
import type { Transport } from '@canaryop/reconcile/env';
import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp, type OwnedSpec } from '../../src/api/v1/canaryapp.ts';
import { leaseName } from '../../src/lease-name.ts';
import { DestinationRule, Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';
import { appKey, operatorNamespace, Simulation, type SimulationOptions } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

const v2 = 'go-status-code-server:v2';
const v3 = 'go-status-code-server:v3';
const errors = 'increase(istio_requests_total{destination_workload="demo-secondary",response_code=~"5.*"}[20s]) > 2';

async function installed(spec: Partial<OwnedSpec> = {}, options: SimulationOptions = {}): Promise<Simulation> {
  simulation = new Simulation(options);
  simulation.startOperator();
  simulation.createApp(spec);
  await simulation.untilPhase('Released');
  await simulation.env.time.advance(2_000);
  return simulation;
}

const atWeight = (sim: Simulation, weight: number): Promise<void> => sim.env.time.until(() => sim.weight === weight);
const condition = (sim: Simulation, type: string) => sim.app.status?.conditions?.find((found) => found.type === type);

describe('children changed by hand', () => {
  it.each<[string, ResourceKind, ObjectKey]>([
    ['the Service', Service, appKey],
    ['the Gateway', Gateway, appKey],
    ['the DestinationRule', DestinationRule, appKey],
    ['the VirtualService', VirtualService, appKey],
    ['primary', Deployment, { ...appKey, name: 'demo-primary' }],
  ])('bring %s back when it is deleted at rest', async (_name, kind, key) => {
    const sim = await installed();
    const { loopback } = sim.cluster.server;
    loopback.delete(kind, key);
    await sim.env.time.advance(5_000);
    expect(loopback.get(kind, key)).toBeDefined();
    expect(sim.weight).toBe(0);
  });

  it('give a raised weight back at once, and climb again from the smaller one', async () => {
    const sim = await installed();
    sim.sendRequests('/hello');
    sim.edit({ image: v2 });
    await atWeight(sim, 20);
    setWeight(sim, 90);
    await sim.env.time.advance(1_000);
    expect(sim.weight).toBe(20);
    setWeight(sim, 5);
    await sim.env.time.advance(1_000);
    expect(sim.weight).toBe(5);
    await sim.env.time.advance(33_000);
    expect(sim.weight).toBe(15);
    await sim.untilPhase('Released');
    expect(sim.failures()).toEqual([]);
  });

  it('put a foreign image on primary back', async () => {
    const sim = await installed();
    const { loopback } = sim.cluster.server;
    const key = { ...appKey, name: 'demo-primary' };
    const live = loopback.get(Deployment, key);
    const container = live?.spec?.template.spec?.containers[0];
    if (live?.spec === undefined || container === undefined) throw new Error('no primary');
    const template = {
      ...live.spec.template,
      spec: { ...live.spec.template.spec, containers: [{ ...container, image: v3 }] },
    };
    loopback.update(Deployment, { ...live, spec: { ...live.spec, template } });
    await sim.env.time.advance(1_000);
    expect(loopback.get(Deployment, key)?.spec?.template.spec?.containers[0]?.image).toBe('go-status-code-server:v1');
  });

  it('take the traffic away when secondary is deleted with traffic on it, and start it again', async () => {
    const sim = await installed();
    sim.edit({ image: v2 });
    await atWeight(sim, 30);
    sim.cluster.server.loopback.delete(Deployment, { ...appKey, name: 'demo-secondary' });
    await sim.env.time.advance(1_000);
    expect(sim.weight).toBe(0);
    await sim.untilPhase('Released');
    expect(sim.app.status?.releasedImage).toBe(v2);
  });
});

describe('a bad release', () => {
  it.each([
    ['never gets ready', 'go-status-code-server:never-ready', 'ProgressDeadlineExceeded'],
    ['crashes', 'go-status-code-server:crash-loop', 'PodFailed'],
    ['cannot be pulled', 'go-status-code-server:pull-error', 'PodFailed'],
  ])('that %s fails without traffic', async (_name, image, reason) => {
    const sim = await installed({ progressDeadlineSeconds: 60 });
    sim.sendRequests('/hello');
    sim.edit({ image });
    await sim.untilPhase('Failed');
    expect(sim.app.status?.failedRevisions?.[0]).toMatchObject({ image, reason });
    expect(sim.app.status?.lastFailedTag).toBe(image);
    expect(condition(sim, 'Stalled')).toMatchObject({ status: 'True', reason: 'RevisionRefused' });
    expect(sim.failures()).toEqual([]);
  });

  it('is rolled back within a second of the check that sees it, and its errors do not fail the next one', async () => {
    const sim = await installed({ prometheusQuery: errors });
    sim.sendRequests('/hello');
    sim.edit({ image: v3 });
    await atWeight(sim, 20);
    const stop = sim.sendRequests('/nothello', 100);
    await sim.env.time.until(() => sim.app.status?.lastFailedTag === v3);
    const failedAt = sim.env.clock.now();
    await atWeight(sim, 0);
    expect(sim.env.clock.now() - failedAt).toBeLessThanOrEqual(1_000);
    stop();
    sim.edit({ image: v2 });
    await sim.untilPhase('Released');
    expect(sim.app.status).toMatchObject({ releasedImage: v2, lastFailedTag: v3 });
    expect(sim.failures()).toEqual([]);
  });

  it('gets its first weight within a second of being ready and settled', async () => {
    const sim = await installed();
    sim.edit({ image: v2 });
    const key = { ...appKey, name: 'demo-secondary' };
    await sim.env.time.until(() => sim.cluster.server.loopback.get(Deployment, key)?.status?.availableReplicas === 1);
    const readyAt = sim.env.clock.now();
    await atWeight(sim, 10);
    expect(sim.env.clock.now() - readyAt).toBeGreaterThanOrEqual(20_000);
    expect(sim.env.clock.now() - readyAt).toBeLessThanOrEqual(21_000);
  });
});

describe('a Prometheus that', () => {
  it.each<[string, () => Promise<Response>]>([
    ['is down', () => Promise.reject(new Error('connect ECONNREFUSED'))],
    ['never answers', () => new Promise(() => undefined)],
    ['answers HTML', () => Promise.resolve(response(200, '<html></html>'))],
    ['answers nothing', () => Promise.resolve(response(200, ''))],
    ['answers 503', () => Promise.resolve(response(503, 'busy'))],
  ])(
    '%s fails the release when failWhenPrometheusFails is true, and does not when it is false',
    async (_name, answer) => {
      const failing = await installed({}, { provider: providerOf(answer) });
      failing.edit({ image: v2 });
      await failing.untilPhase('Failed');
      expect(failing.app.status?.failedRevisions?.[0]?.reason).toBe('ProviderFailed');
      await failing.stop();
      const lenient = await installed({ failWhenPrometheusFails: false }, { provider: providerOf(answer) });
      lenient.edit({ image: v2 });
      await lenient.env.time.advance(30_000);
      await lenient.untilPhase('Released');
      expect(lenient.app.status?.releasedImage).toBe(v2);
    },
  );

  it('answers NaN has given a result, which is a breach', async () => {
    const body = '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"NaN"]]}]}}';
    let hasTraffic = false;
    const answer = () => Promise.resolve(response(200, hasTraffic ? body : body.replace(/\[\{.*\}\]/, '[]')));
    const sim = await installed({}, { provider: providerOf(answer) });
    sim.edit({ image: v2 });
    await atWeight(sim, 10);
    hasTraffic = true;
    await sim.untilPhase('Failed');
    expect(sim.app.status?.failedRevisions?.[0]?.reason).toBe('CheckFailed');
  });

  it('must not be asked blocks the run before its first weight', async () => {
    const sim = await installed({ prometheusURL: 'http://169.254.169.254/', failWhenPrometheusFails: false });
    sim.edit({ image: v2 });
    await sim.env.time.until(() => condition(sim, 'Stalled')?.reason === 'AddressForbidden');
    await sim.env.time.advance(120_000);
    expect(sim.weight).toBe(0);
    sim.edit({ prometheusURL: 'http://prometheus.istio-system.svc:9090', image: v2 });
    await sim.untilPhase('Released');
    expect(sim.app.status?.releasedImage).toBe(v2);
  });
});

interface Response {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: AsyncIterable<Uint8Array>;
}

function response(status: number, text: string): Response {
  return {
    status,
    headers: {},
    body: (async function* () {
      yield new TextEncoder().encode(text);
    })(),
  };
}

function providerOf(answer: () => Promise<Response>): Transport {
  return {
    close: () => Promise.resolve(),
    request: ({ signal }) =>
      Promise.race([
        answer(),
        new Promise<never>((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        }),
      ]),
  };
}

describe('what stands in the way', () => {
  it('is said while Istio is missing, and nothing else is written; work goes on when it is there', async () => {
    simulation = new Simulation({ istio: false });
    const sim = simulation;
    sim.startOperator();
    sim.createApp();
    await sim.env.time.until(() => condition(sim, 'Stalled')?.reason === 'IstioMissing');
    await sim.env.time.advance(60_000);
    expect(sim.cluster.server.loopback.list(Deployment)).toEqual([]);
    sim.installIstio();
    await sim.untilPhase('Released', 120_000);
  });

  it('is said while another application has the host; the loser goes on when it is freed', async () => {
    const sim = await installed();
    await sim.env.time.advance(2_000);
    sim.createApp({}, 'late');
    const late = { ...appKey, name: 'late' };
    const { loopback } = sim.cluster.server;
    await sim.env.time.until(() => loopback.get(CanaryApp, late)?.status?.releasedImage !== undefined, 30_000);
    await sim.env.time.advance(10_000);
    expect(loopback.get(CanaryApp, late)?.status?.conditions?.find(({ type }) => type === 'Stalled')?.reason).toBe(
      'HostConflict',
    );
    expect(loopback.get(VirtualService, late)).toBeUndefined();
    loopback.delete(CanaryApp, appKey);
    await sim.env.time.until(() => loopback.get(VirtualService, late) !== undefined, 30_000);
  });

  it('is said while a foreign object has a name that is needed, which is never touched', async () => {
    simulation = new Simulation();
    const sim = simulation;
    const { loopback } = sim.cluster.server;
    const spec = { selector: { app: 'other' }, ports: [{ name: 'http', port: 80 }] };
    loopback.create(Service, { apiVersion: 'v1', kind: 'Service', metadata: appKey, spec });
    const before = loopback.get(Service, appKey);
    sim.startOperator();
    sim.createApp();
    await sim.env.time.until(() => condition(sim, 'Stalled')?.reason === 'ForeignObject');
    await sim.env.time.advance(30_000);
    expect(loopback.get(Service, appKey)).toEqual(before);
    expect(loopback.list(Deployment)).toEqual([]);
    loopback.delete(Service, appKey);
    await sim.untilPhase('Released', 60_000);
  });

  it('never raises a weight while the application is being deleted, and leaves nothing behind', async () => {
    const sim = await installed();
    sim.edit({ image: v2 });
    await atWeight(sim, 20);
    const { loopback } = sim.cluster.server;
    loopback.delete(CanaryApp, appKey);
    await sim.env.time.advance(60_000);
    const kinds: readonly ResourceKind[] = [Deployment, Service, VirtualService, DestinationRule, Gateway];
    for (const kind of kinds) expect(loopback.list(kind)).toEqual([]);
  });
});

const leaderElection = { lease: { namespace: operatorNamespace, name: leaseName } };

describe('two operators', () => {
  it('never both work: when the leader is killed in a shift the other goes on within the lease, and no step is taken twice', async () => {
    simulation = new Simulation();
    const sim = simulation;
    const first = sim.startOperator({ leaderElection });
    await sim.env.time.advance(3_000);
    sim.startOperator({ leaderElection });
    sim.createApp();
    await sim.untilPhase('Released');
    await sim.env.time.advance(2_000);
    sim.sendRequests('/hello');
    sim.edit({ image: v2 });
    await atWeight(sim, 20);
    const weights: number[] = [];
    const record = setWeights(sim, weights);
    first.kill();
    const killedAt = sim.env.clock.now();
    await sim.env.time.until(() => sim.weight === 30, 120_000);
    expect(sim.env.clock.now() - killedAt).toBeLessThanOrEqual(30_000 + 20_000 + 5_000);
    await sim.untilPhase('Released');
    record();
    expect(weights).toEqual([30, 40, 50, 0]);
    expect(sim.failures()).toEqual([]);
  });
});

describe('a leader whose cache of CanaryApps lags behind that of their routes', () => {
  it('sends no weight that its predecessor has taken back', async () => {
    simulation = new Simulation();
    const sim = simulation;
    const first = sim.startOperator({ leaderElection });
    await sim.env.time.advance(3_000);
    const standby = holdingWatch('canaryapps', '"step":20');
    sim.startOperator({ leaderElection, wrap: standby.wrap });
    sim.createApp({ prometheusQuery: errors });
    await sim.untilPhase('Released');
    sim.edit({ image: v3 });
    await atWeight(sim, 20);
    const stop = sim.sendRequests('/nothello', 100);
    await sim.env.time.until(() => sim.app.status?.lastFailedTag === v3 && sim.weight === 0);
    first.kill();
    stop();
    const weights: number[] = [];
    const record = setWeights(sim, weights);
    await sim.env.time.advance(60_000);
    standby.release();
    await sim.untilPhase('Failed');
    record();
    expect(weights).toEqual([]);
  });
});

/** A connection whose watch of a resource falls silent behind the first event with this text, until it is released. */
function holdingWatch(resource: string, text: string): { wrap: (inner: Transport) => Transport; release: () => void } {
  const released = Promise.withResolvers<undefined>();
  async function* held(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of body) {
      yield chunk;
      if (new TextDecoder().decode(chunk).includes(text)) await released.promise;
    }
  }
  return {
    release: () => {
      released.resolve(undefined);
    },
    wrap: (inner) => ({
      close: () => inner.close(),
      request: async (request) => {
        const answer = await inner.request(request);
        const isHeld = request.url.includes(`/${resource}?`) && request.url.includes('watch=');
        return isHeld ? { ...answer, body: held(answer.body) } : answer;
      },
    }),
  };
}

/** Collects each weight that the routes take, once. */
function setWeights(sim: Simulation, weights: number[]): () => void {
  let last = sim.weight;
  return sim.cluster.server.loopback.watch(VirtualService, () => {
    const { weight } = sim;
    if (weight !== undefined && weight !== last) weights.push(weight);
    last = weight;
  });
}

function setWeight(sim: Simulation, weight: number): void {
  const { loopback } = sim.cluster.server;
  const live = loopback.get(VirtualService, appKey);
  const [primary, secondary] = live?.spec.http[0]?.route ?? [];
  if (live === undefined || primary === undefined || secondary === undefined) throw new Error('no routes');
  const route = [
    { ...primary, weight: 100 - weight },
    { ...secondary, weight },
  ];
  loopback.update(VirtualService, { ...live, spec: { ...live.spec, http: [{ route }] } });
}
