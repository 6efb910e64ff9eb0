import { join } from 'node:path';

import { beforeAll, describe, it } from 'vitest';

import type { CanaryAppStatus } from '../../src/api/v1/canaryapp.ts';
import { only, readManifests } from '../manifests/manifest-files.ts';
import { fileStage } from './stage/file-stage.ts';
import { prometheusHost } from './stage/operator-process.ts';
import type { ReleasedApp } from './stage/released-app.ts';
import { until } from './stage/until.ts';

const stage = fileStage();
const kinds = 'deployments,horizontalpodautoscalers,services,configmaps,gateways,virtualservices,serviceentries';

beforeAll(async () => {
  const operator = await stage.operators.start();
  await operator.line('leading');
});

/** Written by the API server and by controllers of Kubernetes, whoever asked for what. */
const bookkeeping = new Set(['resourceVersion', 'managedFields', 'generation', 'deployment.kubernetes.io/revision']);

interface Seen {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly replicas?: number; readonly template?: unknown; readonly selector?: unknown };
}

/** What is in the namespace of an application, as its owner would compare it. */
async function everything({ key }: ReleasedApp): Promise<Readonly<Record<string, Seen>>> {
  const text = await stage.cluster.kubectl('-n', key.namespace, 'get', kinds, '-o', 'json');
  const { items } = JSON.parse(text, (name, value: unknown) => (bookkeeping.has(name) ? undefined : value)) as {
    readonly items: readonly (Seen & { readonly status?: unknown })[];
  };
  return Object.fromEntries(
    items.map(({ status: _status, ...object }) => [`${object.kind} ${object.metadata.name}`, object]),
  );
}

const kubectl = ({ key }: ReleasedApp, ...args: readonly string[]): Promise<string> =>
  stage.cluster.kubectl('-n', key.namespace, ...args);

/** Applies all of an example but its CanaryApp. */
async function prepared(folder: string, name: string): Promise<ReleasedApp> {
  const app = await stage.app(`e2e-as-found-${folder}`, { name, host: `${name}.example.com` });
  for (const manifest of readManifests(`examples/${folder}/*.yaml`))
    if (manifest.kind !== 'CanaryApp') await apply(app, manifest);
  return app;
}

async function apply({ key }: ReleasedApp, manifest: object): Promise<void> {
  const args = ['-n', key.namespace, 'apply', '-f', '-'];
  const { code, stderr } = await stage.cluster.tryKubectl(args, JSON.stringify(manifest));
  if (code !== 0) throw new Error(stderr);
}

/** Applies the example's CanaryApp with short times, and waits until it is at rest. */
async function adopt(app: ReleasedApp, folder: string): Promise<void> {
  const manifest = only(readManifests(join('examples', folder, 'canaryapp.yaml')), 'CanaryApp', app.key.name);
  const quick = {
    prometheusURL: `http://${prometheusHost}`,
    analysis: { intervalSeconds: 4, metrics: [{ name: 'errors', query: 'vector(0)', max: 0 }] },
    strategy: { stepWeight: 25, maxWeight: 50 },
    deploymentReadyWaitTime: 2,
    drainSeconds: 2,
  };
  await apply(app, { ...manifest, spec: { ...(manifest.spec as object), ...quick } });
  await app.untilPhase('Released');
}

const hasWeight = ({ trafficShift = 0 }: Partial<CanaryAppStatus>): boolean => trafficShift > 0;

/** Deletes the CanaryApp as its owner does, and waits until nothing of ours is left. */
async function taken(app: ReleasedApp): Promise<void> {
  await kubectl(app, 'delete', 'canaryapp', app.key.name, '--timeout=90s');
  await until('what is ours is gone', async () => {
    const names = Object.keys(await everything(app));
    return names.every((name) => !/-primary$|-canary$|^VirtualService /.test(name));
  });
}

describe.concurrent('deleting the CanaryApp in the middle of a release', () => {
  it('leaves a Deployment and its autoscaler as they were found', async ({ expect }) => {
    const app = await prepared('autoscaler', 'checkout');
    const target = 'Deployment checkout';
    // Kubernetes' own autoscaler has raised it to its least count.
    const found = await until('the target has its pods', async () => {
      const seen = await everything(app);
      return seen[target]?.spec?.replicas === 2 && seen;
    });
    await adopt(app, 'autoscaler');
    await kubectl(app, 'set', 'image', 'deployment/checkout', 'server=atzedevries/go-status-code-server:v2');
    await app.until('has a weight', ({ status }) => hasWeight(status));
    await taken(app);
    const left = await everything(app);
    const template = left[target]?.spec?.template;
    const edited = { ...found[target], spec: { ...found[target]?.spec, template } };
    expect(left).toEqual({ ...found, [target]: edited });
    expect(JSON.stringify(template)).toContain('go-status-code-server:v2');
  });

  it('leaves a Service, and what it leads to, as they were found', async ({ expect }) => {
    const app = await prepared('adopted-service', 'catalogue');
    const found = await everything(app);
    await adopt(app, 'adopted-service');
    const selector = { app: 'catalogue-green' };
    await kubectl(
      app,
      'patch',
      'service',
      'catalogue',
      '--type=merge',
      `--patch=${JSON.stringify({ spec: { selector } })}`,
    );
    await app.until('has a weight', ({ status }) => hasWeight(status));
    await taken(app);
    const service = 'Service catalogue';
    const edited = { ...found[service], spec: { ...found[service]?.spec, selector } };
    expect(await everything(app)).toEqual({ ...found, [service]: edited });
  });
});
