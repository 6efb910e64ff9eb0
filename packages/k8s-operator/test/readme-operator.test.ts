import { processEnv } from '@canaryop/reconcile/env';
import { startApiServer } from '@canaryop/simkube';
import { expect, it, onTestFinished } from 'vitest';

import { definition, MyCustomResource, myCustomResource } from './programs/my-custom-resource.ts';
import { implementations, programText, startOperator } from './world/operator-process.ts';
import { eventually } from './world/eventually.ts';

it('differs in nothing but the import', () => {
  const [theirs = [], ours = []] = implementations.map((each) => programText('readme-operator', each).split('\n'));
  expect(ours.filter((line, index) => line !== theirs[index])).toEqual([
    "import Operator, { ResourceEventType, type ResourceEvent } from '@canaryop/k8s-operator';",
  ]);
});

it.each(implementations)('the operator of the README does the same with %s', async (implementation) => {
  const server = await startApiServer({ env: processEnv(), definitions: [definition] });
  onTestFinished(() => server.close());
  const operator = startOperator({ program: 'readme-operator', implementation, kubeconfig: server.kubeconfig });
  onTestFinished(() => operator.stop());
  const { loopback } = server;
  const key = { namespace: 'default', name: 'one' };
  const read = (): MyCustomResource | undefined => loopback.get(MyCustomResource, key);

  loopback.create(MyCustomResource, myCustomResource('one', 'first'));
  await eventually(() => read()?.status).toEqual({ observedGeneration: 1 });
  expect(read()?.metadata.finalizers).toEqual(['mycustomresources.dot-i.com']);

  const created = read();
  if (created !== undefined) loopback.update(MyCustomResource, { ...created, spec: { foo: 'second' } });
  await eventually(() => read()?.status).toEqual({ observedGeneration: 2 });

  loopback.delete(MyCustomResource, key);
  await eventually(read).toBeUndefined();
  expect(operator.lines).toEqual([
    { modified: 'one', foo: 'first' },
    { modified: 'one', foo: 'second' },
    { deleted: 'one' },
  ]);
  expect(operator.errors).toEqual([]);
});
