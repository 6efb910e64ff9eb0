import { undiciTransport } from '@canaryop/reconcile/client';
import { ConfigMap, Secret } from '@canaryop/reconcile/kinds';
import { resourceKind } from '@canaryop/reconcile/object';
import { recordingLogger } from '@canaryop/reconcile/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { trackingKeyName } from '../../src/tracking-key-name.ts';
import { ConfigStory, named, type ConfigStoryOptions } from './config-story.ts';
import { operatorNamespace } from './simulated-cluster.ts';

let story: ConfigStory | undefined;

afterEach(async () => {
  await story?.sim.stop();
  story = undefined;
});

const bindings = resourceKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
});

async function released(options?: ConfigStoryOptions): Promise<ConfigStory> {
  const made = new ConfigStory(options);
  story = made;
  await made.install();
  made.sim.sendRequests('/', 50);
  return made;
}

async function statusOf(url: string): Promise<number> {
  const transport = undiciTransport();
  const response = await transport.request({ method: 'GET', url, headers: {} });
  for await (const _chunk of response.body) continue;
  await transport.close();
  return response.status;
}

const trackedKeys = (shop: ConfigStory): readonly string[] =>
  Object.keys(shop.app?.status?.trackedConfigs ?? {}).toSorted();
const namesInPrimary = (shop: ConfigStory) =>
  shop.primary?.spec?.template.spec?.containers[0]?.env?.map(
    ({ valueFrom }) => (valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef)?.name,
  );

describe('Secrets in a namespace where the Role is not bound', () => {
  it('stay as they are to primary, and a condition names them', async () => {
    const { log, lines } = recordingLogger();
    const probes = { address: '127.0.0.1:0' };
    const shop = await released({ tracksSecrets: false, log, operator: { probes } });
    expect(namesInPrimary(shop)).toEqual(['settings-primary', 'token', 'extra-primary']);
    expect(trackedKeys(shop)).toEqual(['configmap/extra', 'configmap/settings']);
    expect(shop.condition('ConfigTracking')).toMatchObject({
      status: 'False',
      reason: 'Partial',
      message: expect.stringMatching(/Secrets token cannot be read.*secret-tracking in namespace default/) as string,
    });
    expect(shop.condition('Ready')).toMatchObject({ status: 'True' });
    const port = lines.find(({ message }) => message === 'serving probes')?.fields['port'];
    expect(await statusOf(`http://127.0.0.1:${String(port)}/readyz`)).toBe(200);
    shop.setSecret('token', 't2');
    const from = { requests: shop.sim.requests.length, lines: lines.length };
    await shop.sim.env.time.advance(600_000);
    expect(shop.app?.status?.run).toBeUndefined();
    const asked = shop.sim.requests.slice(from.requests).filter(({ resource }) => resource === 'secrets');
    expect(asked.length).toBeLessThan(60);
    expect(lines.slice(from.lines).filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });

  it('are tracked once it is bound, from what is there then, without a rollout', async () => {
    const shop = await released({ tracksSecrets: false });
    shop.setSecret('token', 't2');
    shop.bindSecretTracking();
    await shop.sim.env.time.until(() => trackedKeys(shop).includes('secret/token'), 120_000);
    expect(shop.condition('ConfigTracking')).toBeUndefined();
    expect(await shop.staysAtRest()).toBe(true);
    expect(namesInPrimary(shop)).toContain('token');
    shop.setSecret('token', 't3');
    await shop.untilRun('Released');
    expect(namesInPrimary(shop)).toContain('token-primary');
    expect(shop.secret('token-primary')).toBe('t3');
  });

  it('keep what was known of them when the Role goes while the operator is down', async () => {
    const shop = await released();
    const before = shop.app?.status?.trackedConfigs;
    const { loopback } = shop.sim.cluster.server;
    loopback.delete(bindings, named('secret-tracking'));
    await shop.restart();
    expect(await shop.staysAtRest()).toBe(true);
    expect(shop.condition('ConfigTracking')?.message).toContain('Secrets token');
    expect(shop.app?.status?.trackedConfigs).toEqual(before);
    expect(shop.secret('token-primary')).toBe('t1');
  });
});

describe('the key of the checksums of Secrets', () => {
  const keyAt = { namespace: operatorNamespace, name: trackingKeyName };

  it('is made at the first start, and used again at the next', async () => {
    const shop = await released();
    const { loopback } = shop.sim.cluster.server;
    const made = loopback.get(Secret, keyAt);
    expect(Buffer.from(made?.data?.['key'] ?? '', 'base64')).toHaveLength(32);
    const before = shop.app?.status?.trackedConfigs;
    await shop.restart();
    expect(await shop.staysAtRest()).toBe(true);
    expect(loopback.get(Secret, keyAt)).toEqual(made);
    expect(shop.app?.status?.trackedConfigs).toEqual(before);
  });

  it('may be lost: checksums are told anew without a rollout, and the next change is one', async () => {
    const shop = await released();
    const before = shop.app?.status?.trackedConfigs?.['secret/token'];
    shop.sim.cluster.server.loopback.delete(Secret, keyAt);
    await shop.restart();
    expect(await shop.staysAtRest()).toBe(true);
    const after = shop.app?.status?.trackedConfigs?.['secret/token'];
    expect(after).toMatch(/^hmac-/);
    expect(after?.slice(0, 13)).not.toBe(before?.slice(0, 13));
    shop.setSecret('token', 't2');
    await shop.untilRun('Released');
    expect(shop.secret('token-primary')).toBe('t2');
  });

  it('may be out of reach: Secrets are not tracked until it is not, and then without a rollout', async () => {
    const made = new ConfigStory();
    story = made;
    const { loopback } = made.sim.cluster.server;
    const at = { namespace: operatorNamespace, name: 'canaryop-tracking-key-rolebinding' };
    const binding = loopback.get(bindings, at);
    loopback.delete(bindings, at);
    await made.install();
    expect(trackedKeys(made)).toEqual(['configmap/extra', 'configmap/settings']);
    expect(made.condition('ConfigTracking')?.message).toContain('Secrets token cannot be read');
    // By then nothing else happens that would have the operator look.
    await made.sim.env.time.advance(120_000);
    if (binding !== undefined) loopback.create(bindings, { ...binding, metadata: at });
    await made.sim.env.time.until(() => trackedKeys(made).includes('secret/token'), 180_000);
    expect(await made.staysAtRest()).toBe(true);
  });

  it('may be lost while a Secret changes: the copy still tells what was released', async () => {
    const shop = await released();
    shop.killOperator();
    shop.sim.cluster.server.loopback.delete(Secret, keyAt);
    shop.setSecret('token', 't2');
    await shop.restart();
    await shop.untilRun('Released');
    expect(shop.secret('token-primary')).toBe('t2');
  });
});

describe('what is not tracked', () => {
  it('is what its owner opts out: primary keeps the original', async () => {
    const made = new ConfigStory();
    story = made;
    made.setConfigMap('settings', { mode: 'plain' }, { 'canary.atze.io/config-tracking': 'disabled' });
    await made.install();
    expect(namesInPrimary(made)).toEqual(['settings', 'token-primary', 'extra-primary']);
    made.setConfigMap('settings', { mode: 'fancy' });
    expect(await made.staysAtRest()).toBe(true);
    expect(made.condition('ConfigTracking')).toBeUndefined();
  });

  it('is everything with configTracking: false', async () => {
    const shop = await released({ spec: { configTracking: false } });
    expect(namesInPrimary(shop)).toEqual(['settings', 'token', 'extra']);
    shop.setConfigMap('settings', { mode: 'fancy' });
    shop.setSecret('token', 't2');
    expect(await shop.staysAtRest()).toBe(true);
    expect(shop.app?.status?.trackedConfigs).toEqual({});
  });

  it('is a Secret of another type, and the condition says so', async () => {
    const made = new ConfigStory();
    story = made;
    made.sim.cluster.server.loopback.delete(Secret, named('token'));
    made.setSecret('token', 't1', 'example.com/licence');
    await made.install();
    expect(namesInPrimary(made)).toContain('token');
    expect(made.condition('ConfigTracking')?.message).toBe(
      'Secret token is of type example.com/licence, which is not tracked',
    );
  });
});

describe('configuration that is gone', () => {
  it('starts nothing and fails nothing, and a condition says so; it comes back as it was without a rollout', async () => {
    const shop = await released();
    const { loopback } = shop.sim.cluster.server;
    loopback.delete(ConfigMap, named('settings'));
    expect(await shop.staysAtRest()).toBe(true);
    expect(shop.condition('ConfigTracking')?.message).toContain('configmap/settings does not exist');
    expect(shop.condition('Ready')?.status).toBe('True');
    expect(shop.configMap('settings-primary')).toEqual({ mode: 'plain' });
    expect(await shop.answer()).toBe('v1 plain t1');
    shop.setConfigMap('settings', { mode: 'plain' });
    expect(await shop.staysAtRest()).toBe(true);
    expect(shop.condition('ConfigTracking')).toBeUndefined();
  });

  it('in the middle of a run leaves the run alone', async () => {
    const shop = await released();
    shop.setConfigMap('settings', { mode: 'fancy' });
    await shop.untilWeight(25);
    const { revision } = shop.app?.status?.run ?? {};
    shop.sim.cluster.server.loopback.delete(ConfigMap, named('settings'));
    await shop.sim.env.time.advance(1_000);
    shop.setConfigMap('settings', { mode: 'fancy' });
    await shop.sim.env.time.advance(1_000);
    expect(shop.app?.status?.run).toMatchObject({ revision, stage: 'Shifting' });
    await shop.untilPhase('Released');
    expect(shop.app?.status?.released?.revision).toBe(revision);
  });
});

describe('what the operator keeps in memory and writes', () => {
  it('holds no content of a Secret', async () => {
    const { log, lines } = recordingLogger();
    const shop = await released({ log });
    shop.setSecret('token', 'very-secret');
    await shop.untilRun('Released');
    const encoded = Buffer.from('very-secret').toString('base64');
    const said = JSON.stringify([lines, shop.app, shop.primary]);
    expect(said).not.toContain('very-secret');
    expect(said).not.toContain(encoded);
  });
});
