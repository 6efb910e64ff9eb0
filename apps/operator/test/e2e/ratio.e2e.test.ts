import { connect } from 'node:net';
import { join } from 'node:path';

import { beforeAll, describe, it } from 'vitest';

import { only, readManifests } from '../manifests/manifest-files.ts';
import { fileStage } from './stage/file-stage.ts';
import { installedArgs, prometheusHost } from './stage/operator-process.ts';
import { image, type ReleasedApp } from './stage/released-app.ts';
import { until } from './stage/until.ts';

const stage = fileStage();
const name = 'mailer';

let consolePort = 0;

beforeAll(async () => {
  const operator = await stage.operators.start({ args: [...installedArgs, '--console-bind-address=127.0.0.1:0'] });
  await operator.line('leading');
  const { address } = await operator.line('the console listens');
  consolePort = Number(String(address).split(':').at(-1));
});

const kubectl = ({ key }: ReleasedApp, ...args: readonly string[]): Promise<string> =>
  stage.cluster.kubectl('-n', key.namespace, ...args);

/** Counts that both Deployments are asked to have, as `canary+primary`. */
async function counts(app: ReleasedApp): Promise<string> {
  const [target, primary] = await Promise.all(
    [name, `${name}-primary`].map((each) =>
      kubectl(app, 'get', 'deployment', each, '--ignore-not-found', '-o', 'jsonpath={.spec.replicas}'),
    ),
  );
  return `${target}+${primary}`;
}

const imageOf = (app: ReleasedApp, deployment: string): Promise<string> =>
  kubectl(app, 'get', 'deployment', deployment, '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
const hasCounts = (app: ReleasedApp, wanted: string): Promise<unknown> =>
  until(`the counts are ${wanted}`, async () => (await counts(app)) === wanted, { timeoutMs: 90_000 });

/** The example, with short times, at rest. */
async function adopted(namespace: string): Promise<ReleasedApp> {
  const app = await stage.app(namespace, { name, host: `${name}.${namespace}.example.com` });
  for (const manifest of readManifests('examples/replica-ratio/{deployment,service}.yaml')) await apply(app, manifest);
  const manifest = only(readManifests(join('examples', 'replica-ratio', 'canaryapp.yaml')), 'CanaryApp', name);
  const spec = manifest.spec as { readonly strategy: object };
  const strategy = { ...spec.strategy, maxStepSeconds: 4, checkIntervalSeconds: 1, startDelaySeconds: 0 };
  const quick = { prometheusURL: `http://${prometheusHost}`, deploymentReadyWaitTime: 1, drainSeconds: 1, strategy };
  await apply(app, { ...manifest, spec: { ...spec, ...quick } });
  await app.untilPhase('Released');
  return app;
}

async function apply({ key }: ReleasedApp, manifest: object): Promise<void> {
  const args = ['-n', key.namespace, 'apply', '-f', '-'];
  const { code, stderr } = await stage.cluster.tryKubectl(args, JSON.stringify(manifest));
  if (code !== 0) throw new Error(stderr);
}

const release = (app: ReleasedApp, version: string): Promise<string> =>
  kubectl(app, 'set', 'image', `deployment/${name}`, `server=${image(version)}`);

describe.concurrent('replica ratio, on a real control plane', () => {
  it('releases in steps of pods, and the Service finds those of both', async ({ expect }) => {
    const app = await adopted('e2e-ratio-release');
    expect(await counts(app)).toBe('0+4');
    await release(app, 'v2');
    await hasCounts(app, '1+3');
    await hasCounts(app, '2+2');
    const ready = '{.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}';
    const slices = `kubernetes.io/service-name=${name}`;
    const addresses = await kubectl(app, 'get', 'endpointslices', '-l', slices, '-o', `jsonpath=${ready}`);
    expect(addresses.split(' ').length).toBeGreaterThanOrEqual(4);
    await app.until('is released', ({ status }) => status.releasedImage === image('v2'));
    await app.untilPhase('Released');
    expect(await counts(app)).toBe('0+4');
    expect(await imageOf(app, `${name}-primary`)).toBe(image('v2'));
    expect(app.status.released?.certificate).toMatchObject({ kind: 'passed' });
  });

  it('does what kubectl scale says, at rest and in the middle of a release', async ({ expect }) => {
    const app = await adopted('e2e-ratio-scale');
    await kubectl(app, 'scale', `deployment/${name}`, '--replicas=6');
    await hasCounts(app, '0+6');
    await app.untilPhase('Released');
    await release(app, 'v2');
    await app.until('has half', ({ status }) => status.trafficShift === 50);
    await kubectl(app, 'scale', `deployment/${name}`, '--replicas=8');
    await app.until('is released', ({ status }) => status.releasedImage === image('v2'));
    await hasCounts(app, '0+8');
    expect(app.status.replicas).toBe(8);
  });

  it('puts the target back after an abort, and tries the same change again', async ({ expect }) => {
    const app = await adopted('e2e-ratio-abort');
    await release(app, 'v2');
    await app.until('has half', ({ status }) => status.trafficShift === 50);
    await kubectl(app, 'annotate', 'canaryapp', name, 'canary.atze.io/command=abort@next#1');
    await app.untilPhase('Failed');
    expect(await counts(app)).toBe('0+4');
    expect(await imageOf(app, name)).toBe(image('v1'));
    await release(app, 'v2');
    await app.until('is released', ({ status }) => status.releasedImage === image('v2'));
  });

  it('is bypassed at the console, as with nc', async ({ expect }) => {
    const app = await adopted('e2e-ratio-console');
    const target = `${app.key.namespace}/${name}`;
    const socket = connect({ host: '127.0.0.1', port: consolePort });
    let text = '';
    socket.setEncoding('utf8').on('data', (more: string) => (text += more));
    socket.write(`bypass ${target}\n`);
    await until('the console answers', () => text.includes(`Next deployment of ${target} will be done directly.`));
    await app.until('is bypassed', ({ status }) => status.bypass !== undefined);
    socket.write('ls\n');
    await until('the list shows it', () => text.includes(`*${target}\n`));
    socket.destroy();
    await release(app, 'v2');
    await app.until('is released', ({ status }) => status.releasedImage === image('v2'));
    expect(app.status.released?.certificate.detail).toMatch(/^bypass, request console-/);
    await app.untilPhase('Released');
    expect(await counts(app)).toBe('0+4');
  });

  it('goes directly where containers run the same, and gives all back on delete', async ({ expect }) => {
    const app = await adopted('e2e-ratio-direct');
    const spec = { template: { spec: { terminationGracePeriodSeconds: 7 } } };
    await kubectl(app, 'patch', 'deployment', name, `--patch=${JSON.stringify({ spec })}`);
    await app.until('went directly', ({ status }) => status.released?.certificate.kind === 'override');
    await app.untilPhase('Released');
    expect(await counts(app)).toBe('0+4');
    await kubectl(app, 'delete', 'canaryapp', name, '--timeout=90s');
    await hasCounts(app, '4+');
  });
});
