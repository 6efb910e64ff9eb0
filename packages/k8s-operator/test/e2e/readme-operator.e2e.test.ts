import { readFileSync } from 'node:fs';

import { createClient, type Client } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';
import { resourceKind } from '@canaryop/reconcile/object';
import { startControlPlane, type ControlPlane } from '@canaryop/testkit/control-plane';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';

import { definition, MyCustomResource, myCustomResource } from '../programs/my-custom-resource.ts';
import { implementations, startOperator } from '../world/operator-process.ts';
import { eventually } from '../world/eventually.ts';

const definitions = resourceKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});
let controlPlane: ControlPlane;
let client: Client;

beforeAll(async () => {
  controlPlane = await startControlPlane({ controllerManager: false });
  const { connection } = controlPlane;
  client = createClient({ env: processEnv(), connection, fieldManager: 'test' });
  await client.create(definitions, definition);
});

afterAll(async () => {
  await controlPlane.stop();
});

it.each(implementations)('the operator of the README does the same with %s', async (implementation) => {
  const name = implementation === '@canaryop/k8s-operator' ? 'ours' : 'theirs';
  const read = (): Promise<MyCustomResource | undefined> =>
    client.get(MyCustomResource, { namespace: 'default', name });
  // Served a moment after the CRD is there.
  await expect
    .poll(() =>
      client.list(MyCustomResource).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  const kubeconfig = readFileSync(controlPlane.adminKubeconfig, 'utf8');
  const operator = startOperator({ program: 'readme-operator', implementation, kubeconfig });
  onTestFinished(() => operator.stop());

  await client.create(MyCustomResource, myCustomResource(name, 'first'));
  await eventually(async () => (await read())?.status).toEqual({ observedGeneration: 1 });
  const live = await read();
  if (live === undefined) throw new Error('it has disappeared');
  await client.patch(MyCustomResource, live, { spec: { foo: 'second' } });
  await eventually(async () => (await read())?.status).toEqual({ observedGeneration: 2 });
  await client.delete(MyCustomResource, live);
  await eventually(read).toBeUndefined();
  expect(operator.lines).toEqual([
    { modified: name, foo: 'first' },
    { modified: name, foo: 'second' },
    { deleted: name },
  ]);
  expect(operator.errors).toEqual([]);
});
