import { customDefinitions, exampleWidget } from '../sequence/kinds/custom-kinds.ts';
import { exchange } from './exchange.ts';
import type { ConformanceServer } from './server.ts';

const patienceMs = 60_000;
const pauseMs = 50;

/** Makes the custom kinds, and waits until their objects are collected: the collector looks for new kinds now and then. */
export async function installDefinitions(server: ConformanceServer): Promise<void> {
  for (const definition of customDefinitions) {
    const { status, body } = await exchange(server, { method: 'POST', path: definitionsPath, body: definition });
    if (status !== 201 && status !== 409)
      throw new Error(`the definition of a custom kind is refused: ${JSON.stringify(body)}`);
  }
  const orphan = {
    ...exampleWidget('orphan'),
    metadata: { name: 'orphan', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'none', uid: 'none' }] },
  };
  const path = '/apis/conformance.example.com/v1/namespaces/default/widgets';
  await until(server, async () => (await exchange(server, { method: 'POST', path, body: orphan })).status === 201);
  await until(server, async () => (await exchange(server, { method: 'GET', path: `${path}/orphan` })).status === 404);
}

const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function until(server: ConformanceServer, isDone: () => Promise<boolean>): Promise<void> {
  const end = server.now() + patienceMs;
  while (!(await isDone())) {
    if (server.now() > end) throw new Error('the control plane is not ready for conformance after a minute');
    await server.pause(pauseMs);
  }
}
