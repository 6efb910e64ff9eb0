import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ClusterConnection } from '@canaryop/reconcile/client';

import type { ApiServerProcess } from '../cluster/api-server.ts';
import type { ComponentOptions } from '../cluster/components.ts';
import { post, send } from '../cluster/request.ts';
import { startProcess, untilReady, type ManagedProcess, type ProcessScope } from '../processes/managed-process.ts';
import { moduleFolder } from '../programs/go.ts';
import type { KwokOptions } from './kwok-options.ts';
import { stagesFor } from './stages.ts';

/**
 * Starts kwok, which stands in for kubelets: it runs no container and writes the statuses that one would write. Makes the
 * nodes, and resolves when they are ready.
 */
export async function startKwok(
  scope: ProcessScope,
  server: ApiServerProcess,
  component: ComponentOptions,
  options: KwokOptions,
): Promise<ManagedProcess> {
  const stages = await stagesFor(await moduleFolder('kwok', 'sigs.k8s.io/kwok'), options);
  const config = join(scope.folder, 'kwok.yaml');
  // JSON is YAML.
  await writeFile(config, stages.map((stage) => JSON.stringify(stage)).join('\n---\n'));
  const names = Array.from({ length: options.nodes ?? 1 }, (_, index) => `node-${index}`);
  for (const name of names) await post(server.admin, '/api/v1/nodes', node(name));
  const process = await startProcess(scope, {
    name: 'kwok',
    program: component.program,
    args: [
      `--kubeconfig=${await server.identities.kubeconfigFor('kwok', ['system:masters'])}`,
      `--config=${config}`,
      '--manage-all-nodes=true',
      // Room for 65,000 pods; nothing ever connects to them.
      '--cidr=10.244.0.0/16',
      '--node-ip=10.0.0.1',
      '--node-lease-duration-seconds=40',
      ...component.args,
    ],
  });
  for (const name of names) {
    await untilReady(process, scope.env, component.timeoutMs, () => isNodeReady(server.admin, name));
  }
  return process;
}

function node(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', type: 'kwok' },
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
    },
  };
}

async function isNodeReady(admin: ClusterConnection, name: string): Promise<true | undefined> {
  const { body } = await send(admin, 'GET', `/api/v1/nodes/${name}`);
  const { status } = JSON.parse(body) as { status?: { conditions?: readonly { type: string; status: string }[] } };
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') === true
    ? true
    : undefined;
}
