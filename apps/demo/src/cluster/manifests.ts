import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { KubernetesObject } from '@canaryop/reconcile/object';
import { parseAllDocuments } from 'yaml';

const repository = join(import.meta.dirname, '../../../..');

/** What `kubectl kustomize config/default` prints, as committed. */
export const installManifest = 'config/install.yaml';
/** The README's CanaryApp. */
export const sampleManifest = 'config/samples/canary_v1_canaryapp.yaml';

/** The objects of a manifest of this repository. */
export async function readManifest(path: string): Promise<readonly KubernetesObject[]> {
  const documents = parseAllDocuments(await readFile(join(repository, path), 'utf8'));
  return [...documents].map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`${path}: ${error.message}`);
    return document.toJS() as KubernetesObject;
  });
}
