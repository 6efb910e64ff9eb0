import { Deployment, Service } from '@canaryop/reconcile/kinds';
import type { KubernetesObject, ResourceKind } from '@canaryop/reconcile/object';
import { beforeAll, describe, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { DestinationRule, Gateway, VirtualService } from '../../src/traffic/istio/kinds.ts';
import { fileStage, ownWorld, servedApp } from './stage/file-stage.ts';
import { hasSecondary, image, type ReleasedApp } from './stage/released-app.ts';
import { ask } from './stage/requests.ts';
import { until } from './stage/until.ts';

const stage = fileStage();

beforeAll(async () => {
  const operator = await stage.operators.start();
  await operator.line('leading');
});

/** What a hand does to a child, and what it looks like. */
interface Drift {
  readonly name: string;
  readonly kind: ResourceKind;
  readonly role?: 'primary';
  readonly patch: object;
}

const drifts: readonly Drift[] = [
  { name: 'Service', kind: Service, patch: { spec: { selector: { app: 'another' } } } },
  { name: 'Gateway', kind: Gateway, patch: { spec: { selector: { istio: 'another' } } } },
  { name: 'DestinationRule', kind: DestinationRule, patch: { spec: { subsets: [] } } },
  { name: 'VirtualService', kind: VirtualService, patch: { spec: { http: [] } } },
  { name: 'Deployment', kind: Deployment, role: 'primary', patch: containers('v3') },
];

function containers(version: string): object {
  const container = { name: 'demo', image: image(version) };
  return { spec: { template: { spec: { containers: [container] } } } };
}

async function specOf(app: ReleasedApp, { kind, role }: Drift): Promise<unknown> {
  const live: (KubernetesObject & { readonly spec?: unknown }) | undefined = await app.child(kind, role);
  return live?.spec;
}

describe.concurrent('a hand', () => {
  it.for(drifts)('on the $name is undone at rest, be it changed or deleted', async (drift, context) => {
    const { expect } = context;
    const app = await stage.app(`e2e-drift-${drift.name.toLowerCase()}`);
    await app.create();
    await app.untilPhase('Released');
    const before = await specOf(app, drift);
    const key = app.childKey(drift.role);
    const isAsBefore = async (): Promise<boolean> => {
      const now = await specOf(app, drift);
      return JSON.stringify(now) === JSON.stringify(before);
    };
    await stage.cluster.patch(drift.kind, key, drift.patch);
    await until(`${drift.name} is as before the change`, isAsBefore, { state: () => specOf(app, drift) });
    await stage.cluster.remove(drift.kind, key);
    const live = await until(`${drift.name} is back`, () => app.child(drift.kind, drift.role));
    expect(live.metadata.ownerReferences).toMatchObject([{ kind: 'CanaryApp', name: 'demo' }]);
    await app.untilPhase('Released');
    expect(app.imageOf('primary')).toBe(image('v1'));
    expect(app.weights.every(({ weight }) => weight === 0 || weight === undefined)).toBe(true);
  });

  it('that raises a weight is undone at once, and the rollout goes on without one failed request', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const app = await stage.app('e2e-drift-weight');
    await app.install(ingressPort);
    const requests = app.requests(ingressPort);
    await app.set({ image: image('v2') });
    await app.untilWeight(25);
    const live = await app.child(VirtualService);
    await stage.cluster.patch(VirtualService, app.key, { spec: { http: withWeight(live, 90) } });
    await app.until('has weight 25 again', () => app.weights.some(({ weight }) => weight === 90) && app.weight === 25);
    await app.untilPhase('Released');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(app.weights.map(({ weight }) => weight)).toEqual([0, 25, 90, 25, 50, 0]);
    expect(app.status.releasedImage).toBe(image('v2'));
  });

  it('that deletes secondary under traffic costs the run its weight, and it begins again', async (context) => {
    const { expect } = context;
    const app = await stage.app('e2e-drift-secondary');
    await app.create();
    await app.untilPhase('Released');
    await app.set({ image: image('v2') });
    await app.untilWeight(25);
    await stage.cluster.remove(Deployment, app.childKey('secondary'));
    await app.until('has weight 0', ({ weight }) => weight === 0);
    await app.until('is Released', ({ status }) => status.releasedImage === image('v2'));
    expect(app.weights.map(({ weight }) => weight).slice(0, 4)).toEqual([0, 25, 0, 25]);
  });
});

function withWeight(live: VirtualService | undefined, weight: number): unknown {
  const [rule] = live?.spec.http ?? [];
  const route = rule?.route.map((to) => ({
    ...to,
    weight: to.destination.subset === 'secondary' ? weight : 100 - weight,
  }));
  return [{ ...rule, route }];
}

/** Steps of a release, and how it is seen that an application is there. */
const steps: readonly (readonly [string, (app: ReleasedApp) => boolean])[] = [
  ['is made ready', (app) => app.status.phase === 'Starting'],
  ['has its first weight', (app) => app.weight === 25],
  ['has its last weight', (app) => app.weight === 50],
  ['goes to primary', (app) => app.status.phase === 'Promoting'],
  ['is cleared away', (app) => app.status.phase === 'Ending'],
];

describe.concurrent('a mind that changes while secondary', () => {
  it.for(steps)('%s, to another image, gets that image in the end', async ([step, isThere], { expect }) => {
    const { app, requests } = await servedApp(stage, `e2e-mind-${step.replaceAll(' ', '-')}`);
    await app.set({ image: image('v2') });
    await app.until(step, isThere);
    await app.set({ image: image('v3') });
    await app.until(
      'has released v3',
      ({ status }) => status.releasedImage === image('v3') && status.run === undefined,
    );
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(hasSecondary(stage.cluster, app)).toBe(false);
    // A promotion that is recorded finishes; before that the first image is never on primary.
    const wasPromoted = app.statuses.some(({ status }) => status.releasedImage === image('v2'));
    expect(wasPromoted).toBe(step === 'goes to primary' || step === 'is cleared away');
  });

  it.for(steps.slice(0, 3))(
    '%s, back to the released image, ends without a trace',
    async ([step, isThere], { expect }) => {
      const { app, requests } = await servedApp(stage, `e2e-back-${step.replaceAll(' ', '-')}`);
      await app.set({ image: image('v2') });
      await app.until(step, isThere);
      await app.set({ image: image('v1') });
      await app.untilPhase('Released');
      await requests.stop();
      expect(requests.failures).toEqual([]);
      expect(app.status).toMatchObject({ releasedImage: image('v1'), lastFailedTag: '', trafficShift: 0 });
      expect(hasSecondary(stage.cluster, app)).toBe(false);
    },
  );
});

describe.concurrent('a deletion', () => {
  it.for([['background'], ['foreground']])(
    'in the middle of a shift (%s) leaves nothing',
    async ([how = ''], context) => {
      const { expect } = context;
      const app = await stage.app(`e2e-delete-${how}`);
      await app.create();
      await app.untilPhase('Released');
      await app.set({ image: image('v2') });
      await app.untilWeight(25);
      const { namespace } = app.key;
      await stage.cluster.kubectl('-n', namespace, 'delete', 'canaryapp', 'demo', `--cascade=${how}`, '--wait=true');
      const kinds =
        'canaryapps,deployments,replicasets,pods,services,gateways.networking.istio.io,virtualservices,destinationrules';
      const left = async (): Promise<string> => stage.cluster.kubectl('-n', namespace, 'get', kinds, '-o', 'name');
      await until('nothing is left', async () => (await left()) === '', { state: left });
      expect(app.weights.map(({ weight }) => weight ?? 0).filter((weight) => weight > 25)).toEqual([]);
    },
  );
});

describe('two applications that want one host', () => {
  it('share nothing: the older has it, the younger says so, and has it when the older is gone', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const older = await stage.app('e2e-host-older');
    await older.install(ingressPort);
    const requests = older.requests(ingressPort);
    const younger = await stage.app('e2e-host-younger', { host: older.host });
    await younger.create({ image: image('v2') });
    await younger.until('is Blocked', ({ status }) => status.phase === 'Blocked');
    const stalled = younger.status.conditions?.find(({ type }) => type === 'Stalled');
    expect(stalled).toMatchObject({ status: 'True', reason: 'HostConflict' });
    expect(stalled?.message).toContain('e2e-host-older/demo');
    expect(await younger.child(VirtualService)).toBeUndefined();
    await requests.stop();
    expect(requests.answers.filter(({ body }) => body !== 'Hello! v1')).toEqual([]);
    await stage.cluster.remove(CanaryApp, older.key);
    await younger.untilPhase('Released');
    await until('v2 answers', async () => (await ask(ingressPort, younger.host, '/hello')).body === 'Hello! v2');
  });
});
