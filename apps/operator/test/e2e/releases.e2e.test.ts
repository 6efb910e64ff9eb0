import { join } from 'node:path';

import { beforeAll, describe, it } from 'vitest';

import { readManifests } from '../manifests/manifest-files.ts';
import { fileStage, ownWorld } from './stage/file-stage.ts';
import { hasSecondary, image, quickSpec, type ReleasedApp } from './stage/released-app.ts';
import { isPlausible, shares } from './stage/shares.ts';
import { until } from './stage/until.ts';

const stage = fileStage();
const root = join(import.meta.dirname, '../../../..');

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

async function released(namespace: string): Promise<ReleasedApp> {
  const app = await stage.app(namespace);
  await app.create();
  await app.untilPhase('Released');
  return app;
}

describe.concurrent('kubectl', () => {
  it('installs config/default so that its Deployment comes up, restricted as its namespace is', async (context) => {
    ownWorld(stage, context);
    const deployment = 'deployment/canaryop-controller-manager';
    const status = await stage.cluster.kubectl(
      '-n',
      'canaryop-system',
      'rollout',
      'status',
      deployment,
      '--timeout=60s',
    );
    context.expect(status).toContain('successfully rolled out');
  });

  it('waits for conditions', async ({ expect }) => {
    const app = await stage.app('e2e-kubectl-wait');
    const wait = ['-n', app.key.namespace, 'wait', 'canaryapp/demo', '--timeout=90s'];
    await app.create();
    await stage.cluster.kubectl(...wait, '--for=condition=Ready');
    await app.set({ image: image('v2') });
    await stage.cluster.kubectl(...wait, '--for=condition=Reconciling');
    expect(app.status.phase).not.toBe('Released');
    await stage.cluster.kubectl(...wait, '--for=jsonpath={.status.trafficShift}=25');
    await stage.cluster.kubectl(...wait, '--for=condition=Ready');
    expect(app.status.releasedImage).toBe(image('v2'));
  });

  it('shows columns', async ({ expect }) => {
    const app = await released('e2e-kubectl-get');
    const text = await stage.cluster.kubectl('-n', app.key.namespace, 'get', 'canaryapps');
    const [header = '', row = ''] = text.split('\n').map((line) => line.trim().replaceAll(/\s+/g, ' '));
    expect(header).toBe('NAME IMAGE PHASE WEIGHT READY REASON AGE');
    expect(row).toMatch(new RegExp(`^demo ${image('v1')} Released 0 True (Installed|Released) \\d+s$`));
    const wide = await stage.cluster.kubectl('-n', app.key.namespace, 'get', 'canaryapps', '-o', 'wide');
    expect(wide.split('\n')[0]).toMatch(/IMAGE\s+RELEASED\s+PHASE/);
  });

  it('explains the spec', async ({ expect }) => {
    const text = await stage.cluster.kubectl('explain', 'canaryapp.spec', '--api-version=canary.atze.io/v1');
    expect(text).toMatch(/KIND:\s+CanaryApp/);
    expect(text).toMatch(/FIELD: spec <Object>/);
    expect(text).toMatch(/trafficShiftUpdateInterval\s+<integer>/);
    const field = await stage.cluster.kubectl('explain', 'canaryapp.spec.strategy.stepWeight');
    expect(field).toContain('FIELD: stepWeight <integer>');
  });

  it('describes what has happened, with events', async ({ expect }) => {
    const app = await released('e2e-kubectl-describe');
    await app.set({ image: image('v2') });
    await app.untilPhase('Released');
    const described = (): Promise<string> =>
      stage.cluster.kubectl('-n', app.key.namespace, 'describe', 'canaryapp', 'demo');
    const told = ['Installed', 'CanaryStarted', 'TrafficShifted', 'PromotionStarted', 'Released'];
    const events = async (): Promise<string> => {
      const text = await described();
      return text.slice(text.indexOf('\nEvents:'));
    };
    await until(
      'all events are there',
      async () => {
        const text = await events();
        return told.every((reason) => new RegExp(`Normal\\s+${reason}\\s`).test(text));
      },
      { state: events },
    );
    expect(await described()).toMatch(/Released Image:\s+\S+:v2/);
  });

  it('is told which field of a spec is refused, at admission', async ({ expect }) => {
    const { namespace } = (await stage.app('e2e-kubectl-refused')).key;
    const sample = readManifests('config/samples/canary_v1_canaryapp.yaml')[0];
    const invalid = { ...sample, spec: { ...(sample?.spec as object), imageListenPort: 0, image: '' } };
    const { code, stderr } = await stage.cluster.tryKubectl(
      ['-n', namespace, 'apply', '-f', '-'],
      JSON.stringify(invalid),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('spec.imageListenPort');
    expect(stderr).toContain('spec.image');
  });
});

const limited = '--as=system:serviceaccount:default:limited-user';

describe.concurrent('the limited user of the example', () => {
  it('releases from the first to the last step, and may do nothing else', { timeout: 180_000 }, async (context) => {
    const { expect } = context;
    const { ingressPort } = ownWorld(stage, context);
    const as = async (...args: readonly string[]) => stage.cluster.tryKubectl([limited, ...args]);
    await stage.cluster.kubectl('create', 'serviceaccount', 'limited-user');
    await stage.cluster.kubectl('apply', '-f', join(root, 'examples/limited-user'));
    const [sample] = readManifests('config/samples/canary_v1_canaryapp.yaml');
    const { image: _image, ...times } = quickSpec;
    const manifest = { ...sample, spec: { ...(sample?.spec as object), ...times } };
    const applied = await stage.cluster.tryKubectl([limited, 'apply', '-f', '-'], JSON.stringify(manifest));
    expect(applied).toMatchObject({ code: 0, stdout: 'canaryapp.canary.atze.io/canaryapp-sample created\n' });
    const app = stage.look({ namespace: 'default', name: 'canaryapp-sample' }, 'anything.example.org');
    await app.untilPhase('Released');
    await app.untilServed(ingressPort);
    const requests = app.requests(ingressPort);
    const patch = JSON.stringify({ spec: { image: image('v2') } });
    expect(await as('patch', 'canaryapp', 'canaryapp-sample', '--type=merge', `--patch=${patch}`)).toMatchObject({
      code: 0,
    });
    await app.untilWeight(25);
    expect((await as('get', 'canaryapps', 'canaryapp-sample')).stdout).toMatch(
      /canaryapp-sample\s+\S+:v2\s+Shifting\s+25/,
    );
    for (const other of ['pods', 'deployments', 'virtualservices', 'secrets']) {
      expect((await as('get', other)).stderr).toContain('is forbidden');
    }
    expect((await as('-n', 'kube-system', 'get', 'canaryapps')).stderr).toContain('is forbidden');
    const status = JSON.stringify({ status: { phase: 'Mine' } });
    const written = await as(
      'patch',
      'canaryapp',
      'canaryapp-sample',
      '--subresource=status',
      '--type=merge',
      `--patch=${status}`,
    );
    expect(written.stderr).toContain('is forbidden');
    await app.untilPhase('Released');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(app.status.releasedImage).toBe(image('v2'));
    expect(await as('delete', 'canaryapp', 'canaryapp-sample')).toMatchObject({ code: 0 });
  });
});
