import { join } from 'node:path';

import type { KubernetesObject } from '@canaryop/reconcile/object';

import type { ControlPlane } from '../cluster/control-plane.ts';
import { installDefinitions } from '../cluster/definitions.ts';
import { readYamlDocuments } from '../cluster/yaml-documents.ts';
import { moduleFolder } from '../programs/go.ts';

/**
 * Installs the official CRDs of Istio's API, read from its Go module. Those that are there stay as they are. Resolves when the API
 * server serves all of them. Needs Go, which fetches the module.
 */
export async function installIstioDefinitions(controlPlane: ControlPlane): Promise<void> {
  const folder = await moduleFolder('istio', 'istio.io/api');
  const documents = await readYamlDocuments(join(folder, 'kubernetes/customresourcedefinitions.gen.yaml'));
  await installDefinitions(controlPlane, documents as readonly KubernetesObject[]);
}
