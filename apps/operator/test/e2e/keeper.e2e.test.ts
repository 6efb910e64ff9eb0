import { request } from 'node:https';

import { afterAll, beforeAll, describe, it } from 'vitest';

import { only, readManifests } from '../manifests/manifest-files.ts';
import { Alerting } from './stage/alertmanager.ts';
import { fileStage } from './stage/file-stage.ts';
import { installedArgs } from './stage/operator-process.ts';
import { image } from './stage/released-app.ts';
import { until } from './stage/until.ts';

const stage = fileStage();
const name = 'cashier';
const namespaces = ['release', 'alert', 'kill', 'restart'].map((story) => `e2e-keeper-${story}`);
const [releaseNamespace = '', alertNamespace = '', killNamespace = '', restartNamespace = ''] = namespaces;

let alerting: Alerting | undefined;
let receiverPort = 0;

beforeAll(async () => {
  const flags = ['--alerts-bind-address=127.0.0.1:0', ...namespaces.map((each) => `--alerts-namespace=${each}`)];
  const operator = await stage.operators.start({ args: [...installedArgs, ...flags] });
  await operator.line('leading');
  receiverPort = Number((await operator.line('serving alerts'))['port']);
  await stage.cluster.kubectl('create', 'serviceaccount', 'e2e-alertmanager');
  await apply('default', only(readManifests('config/alerts/*.yaml'), 'ClusterRole', 'canaryop-alert-sender'));
  const binding = ['create', 'clusterrolebinding', 'e2e-alertmanager', '--clusterrole=canaryop-alert-sender'];
  await stage.cluster.kubectl(...binding, '--serviceaccount=default:e2e-alertmanager');
  alerting = await Alerting.start({ port: receiverPort, token: await tokenOf('e2e-alertmanager') });
});

afterAll(async () => {
  await alerting?.stop();
});

const tokenOf = async (account: string): Promise<string> =>
  (await stage.cluster.kubectl('create', 'token', account)).trim();

async function apply(namespace: string, manifest: object): Promise<void> {
  const args = ['-n', namespace, 'apply', '-f', '-'];
  const { code, stderr } = await stage.cluster.tryKubectl(args, JSON.stringify(manifest));
  if (code !== 0) throw new Error(stderr);
}

/** What config/alerts gives the operator in `default`, here. */
async function letAlertsIn(namespace: string): Promise<void> {
  for (const kind of ['Role', 'RoleBinding']) {
    const { metadata, ...rest } = only(readManifests('config/alerts/*.yaml'), kind, 'canaryop-alert-receiver');
    await apply(namespace, { ...rest, metadata: { ...metadata, namespace } });
  }
}

const kubectl = (namespace: string, ...args: readonly string[]): Promise<string> =>
  stage.cluster.kubectl('-n', namespace, ...args);
const noteOf = (namespace: string, note: string): Promise<string> =>
  kubectl(namespace, 'get', 'deployment', name, '-o', `jsonpath={.metadata.annotations.${note}}`);
const imageOf = (namespace: string): Promise<string> =>
  kubectl(namespace, 'get', 'deployment', name, '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
const podOf = (namespace: string, field = '{.metadata.name}'): Promise<string> =>
  kubectl(namespace, 'get', 'pod', `${name}-canary`, '--ignore-not-found', '-o', `jsonpath=${field}`);
const annotate = (namespace: string, ...notes: readonly string[]): Promise<string> =>
  kubectl(namespace, 'annotate', 'deployment', name, '--overwrite', ...notes);

/** The example, which tries its images for this long, at rest. */
async function labelled(namespace: string, duration: string): Promise<void> {
  await stage.app(namespace, { name });
  await letAlertsIn(namespace);
  await apply(namespace, only(readManifests('examples/by-annotation/*.yaml'), 'Deployment', name));
  await annotate(namespace, `canary-duration=${duration}`);
  await until('the CanaryApp is at rest', async () => {
    const args = ['get', 'canaryapp', name, '--ignore-not-found', '-o', 'jsonpath={.status.phase}'];
    return (await kubectl(namespace, ...args)) === 'Released';
  });
}

const isTried = (namespace: string): Promise<unknown> =>
  until('the pod is tried', async () => (await noteOf(namespace, 'canary-pod')) === `${name}-canary`);
const hasImage = (namespace: string, version: string): Promise<unknown> =>
  until(`the workload runs ${version}`, async () => (await imageOf(namespace)) === image(version), {
    timeoutMs: 120_000,
  });

/** A POST as Alertmanager sends it, by hand. */
function post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: receiverPort, path, method: 'POST', headers, rejectUnauthorized: false };
    request(options, (response) => resolve(response.resume().statusCode ?? 0))
      .once('error', reject)
      .end(body);
  });
}

describe.concurrent('an image by annotation, on a real control plane', () => {
  it('is tried in one pod that no controller takes, and is the workload’s when it has done well', async ({
    expect,
  }) => {
    const namespace = releaseNamespace;
    await labelled(namespace, '8s');
    await annotate(namespace, `canary-image=${image('v2')}`);
    await isTried(namespace);
    expect(await podOf(namespace, '{.metadata.ownerReferences[0].kind}')).toBe('CanaryApp');
    expect(await imageOf(namespace)).toBe(image('v1'));
    await hasImage(namespace, 'v2');
    await until('the pod is gone', async () => (await podOf(namespace)) === '');
    await until('it is not named any more', async () => (await noteOf(namespace, 'canary-pod')) === '');
  });

  it('fails by an alert of a real Prometheus and a real Alertmanager, and is tried again when that is cleared', async ({
    expect,
  }) => {
    const namespace = alertNamespace;
    await labelled(namespace, '20s');
    await annotate(namespace, `canary-image=${image('v2')}`);
    await isTried(namespace);
    await alerting?.fire({ name: 'CanaryMisbehaves', labels: { namespace, pod: `${name}-canary` } });
    const fail = await until('the failure is told', async () => (await noteOf(namespace, 'canary-fail')) || undefined);
    expect(fail).toContain('alert CanaryMisbehaves names pod cashier-canary');
    expect(await imageOf(namespace)).toBe(image('v1'));
    await annotate(namespace, 'canary-fail-');
    // The alert goes on firing, and is about the earlier pod.
    await hasImage(namespace, 'v2');
    expect(await noteOf(namespace, 'canary-fail')).toBe('');
  });

  it('fails by a container that ends', async ({ expect }) => {
    const namespace = restartNamespace;
    await labelled(namespace, '60s');
    await annotate(namespace, `canary-image=${image('crash-loop')}`);
    const fail = await until('the failure is told', async () => (await noteOf(namespace, 'canary-fail')) || undefined);
    expect(fail).toContain('PodFailed');
    expect(await imageOf(namespace)).toBe(image('v1'));
    await annotate(namespace, 'canary-duration=soon');
    const problem = await until(
      'the problem is told',
      async () => (await noteOf(namespace, 'canary-problem')) || undefined,
    );
    expect(problem).toContain('canary-duration is "soon"');
    await kubectl(namespace, 'label', 'deployment', name, 'canary-', '--overwrite');
    await until(
      'the CanaryApp is gone',
      async () => (await kubectl(namespace, 'get', 'canaryapps', '-o', 'name')) === '',
    );
    expect(await imageOf(namespace)).toBe(image('v1'));
  });

  it('has a pod of its workload killed by an alert', async ({ expect }) => {
    const namespace = killNamespace;
    await labelled(namespace, '60s');
    const pods = async (): Promise<readonly string[]> =>
      (await kubectl(namespace, 'get', 'pods', '-l', `app=${name}`, '-o', 'name')).trim().split('\n');
    const [first = ''] = await pods();
    await alerting?.fire({ name: 'Stuck', labels: { namespace, pod: first.replace('pod/', ''), kill: 'yes' } });
    await until('the pod is gone', async () => !(await pods()).includes(first));
    const reasons = async (): Promise<string> =>
      kubectl(namespace, 'get', 'events', '-o', 'jsonpath={.items[*].reason}');
    await until('it is told', async () => (await reasons()).split(' ').includes('PodKilled'));
    expect(await imageOf(namespace)).toBe(image('v1'));
  });

  it('lets nobody post who may not', async ({ expect }) => {
    const body = JSON.stringify({ version: '4', status: 'resolved', alerts: [] });
    expect(await post('/kill', {}, body)).toBe(401);
    expect(await post('/kill', { authorization: 'Bearer forged' }, body)).toBe(401);
    const stranger = `Bearer ${await tokenOf('default')}`;
    expect(await post('/alerts', { authorization: stranger }, body)).toBe(403);
    const sender = { authorization: `Bearer ${await tokenOf('e2e-alertmanager')}` };
    expect(await post('/alerts', sender, body)).toBe(200);
    expect(await post('/alerts', sender, 'x'.repeat(70_000))).toBe(413);
    expect(await post('/alerts', sender, '{}')).toBe(400);
  });
});
