import type { ClusterConnection } from '@canaryop/reconcile/client';
import type { KubernetesObject } from '@canaryop/reconcile/object';

import { poll } from '../processes/poll.ts';
import type { ControlPlane } from './control-plane.ts';
import { post, send } from './request.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const timeoutMs = 60_000;

/** Installs CRDs. Those that are there stay as they are. Resolves when the API server serves all of them. */
export async function installDefinitions(
  { connection, scope }: ControlPlane,
  definitions: readonly KubernetesObject[],
): Promise<void> {
  await Promise.all(definitions.map((definition) => createIfAbsent(connection, definition)));
  for (const { metadata } of definitions) {
    const result = await poll({ env: scope.env, timeoutMs }, () => isEstablished(connection, metadata.name));
    if ('problem' in result) {
      throw new Error(
        `CustomResourceDefinition ${metadata.name} is not served after ${timeoutMs} ms: ${result.problem}`,
      );
    }
  }
}

async function createIfAbsent(connection: ClusterConnection, definition: KubernetesObject): Promise<void> {
  const { status } = await send(connection, 'GET', `${path}/${definition.metadata.name}`);
  if (status === 404) await post(connection, path, definition);
}

async function isEstablished(connection: ClusterConnection, name: string): Promise<true | undefined> {
  const { body } = await send(connection, 'GET', `${path}/${name}`);
  const { status } = JSON.parse(body) as { status?: { conditions?: readonly { type: string; status: string }[] } };
  const isServed = status?.conditions?.some(
    (condition) => condition.type === 'Established' && condition.status === 'True',
  );
  return isServed === true ? true : undefined;
}
