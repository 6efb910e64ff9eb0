import { undiciTransport } from '@canaryop/reconcile/client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import {
  installIstioDefinitions,
  startControlPlane,
  startIstiod,
  type ControlPlane,
  type Istiod,
} from '../../src/control-plane/index.ts';
import { kubectl } from './kubectl.ts';
import { isRunning } from './processes.ts';

let controlPlane: ControlPlane;
let istiod: Istiod;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  istiod = await startIstiod(controlPlane);
});

afterAll(async () => {
  await controlPlane.stop();
  expect(isRunning(istiod.process.pid)).toBe(false);
});

const virtualService = (weight: number | string): string =>
  JSON.stringify({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      hosts: ['web.example'],
      http: [{ route: [{ destination: { host: 'web' }, weight }] }],
    },
  });

/** What istiod says it knows. */
async function knownConfiguration(): Promise<string> {
  const transport = undiciTransport();
  try {
    const { body } = await transport.request({ method: 'GET', url: `${istiod.url}/debug/configz`, headers: {} });
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    await transport.close();
  }
}

it('istiod reads the routes that kubectl writes, and the official CRDs refuse what is none', async () => {
  const refused = await kubectl(controlPlane.adminKubeconfig, ['apply', '-f', '-'], virtualService('much'));
  expect(refused.stderr).toContain('spec.http[0].route[0].weight');
  expect(await knownConfiguration()).not.toContain('web.example');
  const applied = await kubectl(controlPlane.adminKubeconfig, ['apply', '-f', '-'], virtualService(100));
  expect(applied.stdout).toBe('virtualservice.networking.istio.io/web created\n');
  await vi.waitUntil(async () => (await knownConfiguration()).includes('web.example'), { timeout: 10_000 });
  // A second time, as when two parts of a test want them: nothing to do.
  await installIstioDefinitions(controlPlane);
});
