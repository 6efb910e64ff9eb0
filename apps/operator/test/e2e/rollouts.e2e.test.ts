import { beforeAll, describe, it } from 'vitest';

import { fileStage, ownWorld } from './stage/file-stage.ts';
import { hasSecondary, image } from './stage/released-app.ts';
import { isPlausible, shares } from './stage/shares.ts';

const stage = fileStage();

beforeAll(async () => {
  const operator = await stage.operators.start();
  await operator.line('leading');
});

describe.concurrent('a release', () => {
  it('that is the first goes straight to primary, with all objects as the seed names them', async (context) => {
    const { expect } = context;
    const app = await stage.app('e2e-install');
    await app.create();
    await app.untilPhase('Released');
    expect(app.status).toMatchObject({
      successfulRelease: true,
      releasedImage: image('v1'),
      testRunning: false,
      trafficShift: 0,
      lastFailedTag: '',
    });
    const { namespace } = app.key;
    const kinds = 'deployments,services,gateways.networking.istio.io,virtualservices,destinationrules';
    const list = await stage.cluster.kubectl('-n', namespace, 'get', kinds, '-o', 'json');
    const { items } = JSON.parse(list) as { items: readonly Child[] };
    const owner = { kind: 'CanaryApp', name: 'demo', uid: app.live?.metadata.uid, controller: true };
    expect(items.map(({ kind, metadata: { name } }) => `${kind} ${name}`).toSorted()).toEqual([
      'Deployment demo-primary',
      'DestinationRule demo',
      'Gateway demo',
      'Service demo',
      'VirtualService demo',
    ]);
    for (const { metadata } of items) expect(metadata.ownerReferences).toMatchObject([owner]);
  });

  it('gets its share of the requests step by step, and not one fails', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const app = await stage.app('e2e-rollout');
    await app.install(ingressPort);
    const requests = app.requests(ingressPort, '/hello', 60);
    await app.set({ image: image('v2') });
    await app.untilPhase('Released');
    await app.until('answers with v2 only', () => requests.answers.at(-1)?.body === 'Hello! v2');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(app.weights.map(({ weight }) => weight)).toEqual([0, 25, 50, 0]);
    const measured = shares(app, requests, 'v2');
    expect(measured.map(({ weight }) => weight)).toEqual([25, 50]);
    expect(measured.filter((share) => !isPlausible(share))).toEqual([]);
    expect(app.status).toMatchObject({ releasedImage: image('v2'), successfulRelease: true, trafficShift: 0 });
    expect(hasSecondary(stage.cluster, app)).toBe(false);
    const shown = app.statuses.find(({ status }) => status.trafficShift === 25)?.status;
    expect(shown).toMatchObject({ testRunning: true });
  });

  it('that answers with errors is rolled back because Prometheus saw them', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const app = await stage.app('e2e-rollback');
    await app.install(ingressPort);
    const requests = app.requests(ingressPort);
    await app.set({ image: image('v3') });
    await app.untilWeight(25);
    const errors = app.requests(ingressPort, '/nothello', 10);
    await app.until('has failed', ({ status }) => status.lastFailedTag === image('v3'));
    await errors.stop();
    await app.untilPhase('Failed');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(app.weight).toBe(0);
    expect(app.status).toMatchObject({ successfulRelease: false, trafficShift: 0, testRunning: false });
    expect(app.status.failedRevisions?.[0]).toMatchObject({ image: image('v3'), reason: 'CheckFailed' });
    expect(app.imageOf('primary')).toBe(image('v1'));
    expect(hasSecondary(stage.cluster, app)).toBe(false);
    // Its errors are in Prometheus for a while, and judge nobody else.
    await app.set({ image: image('v2') });
    await app.until('has another release', ({ status }) => status.releasedImage === image('v2'));
    expect(app.status.lastFailedTag).toBe(image('v3'));
  });

  it('that changes the port loses no request either', async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const app = await stage.app('e2e-port');
    await app.install(ingressPort);
    const requests = app.requests(ingressPort);
    await app.set({ image: image('v2'), imageListenPort: 9090 });
    await app.untilPhase('Released');
    await app.until('answers with v2 only', () => requests.answers.at(-1)?.body === 'Hello! v2');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(app.status.released).toMatchObject({ image: image('v2'), port: 9090 });
  });

  it.for([
    ['cannot be pulled', 'pull-error', 'PodFailed'],
    ['crashes', 'crash-loop', 'PodFailed'],
    ['never gets ready', 'never-ready', 'ProgressDeadlineExceeded'],
  ])('that %s fails without traffic', async ([, tag = '', reason], context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const app = await stage.app(`e2e-${tag}`);
    await app.install(ingressPort, { progressDeadlineSeconds: 5 });
    await app.set({ image: image(tag) });
    await app.untilPhase('Failed');
    expect(app.status.failedRevisions).toMatchObject([{ image: image(tag), reason }]);
    expect(app.weights.map(({ weight }) => weight)).toEqual([0]);
  });
});

interface Child {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly ownerReferences?: readonly object[] };
}
