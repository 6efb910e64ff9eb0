import { onTestFinished } from 'vitest';

import { MyCustomResource, myCustomResource } from '../programs/my-custom-resource.ts';
import { failingServer, type FailingServer } from './failing-server.ts';
import { startOperator, type Implementation, type OperatorProcess } from './operator-process.ts';
import { eventually } from './eventually.ts';

export const original: Implementation = '@dot-i/k8s-operator';
export const ours: Implementation = '@canaryop/k8s-operator';

/** A server that can fail, and an operator on it. */
export interface Scene {
  readonly server: FailingServer;
  readonly operator: OperatorProcess;
  /** Events about one name. */
  readonly typesOf: (name: string) => readonly unknown[];
}

/** An operator that watches, and has heard of the object `one`. */
export async function watching(implementation: Implementation): Promise<Scene> {
  const server = await failingServer();
  onTestFinished(() => server.close());
  const operator = startOperator({ program: 'recording-operator', implementation, kubeconfig: server.kubeconfig });
  onTestFinished(() => operator.stop());
  const typesOf = (name: string): readonly unknown[] =>
    operator.lines.flatMap((line) => (line['name'] === name && line['type'] !== undefined ? [line['type']] : []));
  server.loopback.create(MyCustomResource, myCustomResource('one', 'x'));
  await eventually(() => typesOf('one')).toEqual(['ADDED']);
  await eventually(() => server.openWatches).toBe(1);
  return { server, operator, typesOf };
}

/** Deletes the object `one`. */
export function remove({ loopback }: FailingServer): void {
  loopback.delete(MyCustomResource, { namespace: 'default', name: 'one' });
}
