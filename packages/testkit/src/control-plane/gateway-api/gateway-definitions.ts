import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { KubernetesObject } from '@canaryop/reconcile/object';

import type { ControlPlane } from '../cluster/control-plane.ts';
import { installDefinitions } from '../cluster/definitions.ts';
import { readYamlDocuments } from '../cluster/yaml-documents.ts';
import { moduleFolder } from '../programs/go.ts';

/**
 * Installs the official CRDs of the Gateway API, its standard channel, read from its Go module. Those that are there stay
 * as they are. Resolves when the API server serves all of them. Needs Go, which fetches the module.
 */
export async function installGatewayDefinitions(controlPlane: ControlPlane): Promise<void> {
  const folder = join(await moduleFolder('gateway-api', 'sigs.k8s.io/gateway-api'), 'config/crd/standard');
  const files = (await readdir(folder)).filter((file) => file.startsWith('gateway.networking.k8s.io_'));
  const documents = await Promise.all(files.map((file) => readYamlDocuments(join(folder, file))));
  const objects = documents.flat() as readonly KubernetesObject[];
  await installDefinitions(
    controlPlane,
    objects.filter(({ kind }) => kind === 'CustomResourceDefinition'),
  );
}
