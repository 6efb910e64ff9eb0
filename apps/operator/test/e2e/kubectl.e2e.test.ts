import { join } from 'node:path';

import { beforeAll, describe, it } from 'vitest';

import { readManifests } from '../manifests/manifest-files.ts';
import { fileStage, ownWorld } from './stage/file-stage.ts';
import { image, quickSpec, type ReleasedApp } from './stage/released-app.ts';
import { until } from './stage/until.ts';

const stage = fileStage();
const root = join(import.meta.dirname, '../../../..');

beforeAll(async () => {
  const operator = await stage.operators.start();
  await operator.line('leading');
});

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
    const describe = (): Promise<string> =>
      stage.cluster.kubectl('-n', app.key.namespace, 'describe', 'canaryapp', 'demo');
    const told = ['Installed', 'CanaryStarted', 'TrafficShifted', 'PromotionStarted', 'Released'];
    const events = async (): Promise<string> => {
      const text = await describe();
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
    expect(await describe()).toMatch(/Released Image:\s+\S+:v2/);
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

describe('the limited user of the example', () => {
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
