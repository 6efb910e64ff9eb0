import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { KubernetesObject } from '@canaryop/reconcile/object';
import { parseAllDocuments } from 'yaml';

const root = join(import.meta.dirname, '../../../..');

/** A manifest, with the fields that tests look at. */
export interface Manifest extends KubernetesObject {
  readonly spec?: unknown;
  readonly rules?: readonly {
    readonly apiGroups?: readonly string[];
    readonly resources?: readonly string[];
    readonly resourceNames?: readonly string[];
    readonly nonResourceURLs?: readonly string[];
    readonly verbs: readonly string[];
  }[];
  readonly roleRef?: unknown;
  readonly subjects?: unknown;
}

/** Every object in YAML text. Throws for text that is not YAML. */
export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}

/** Every object in the files that match, relative to the repository. Throws when there is no such file. */
export function readManifests(pattern: string): readonly Manifest[] {
  const paths = globSync(pattern, { cwd: root });
  if (paths.length === 0) throw new Error(`no file matches ${pattern}`);
  return paths.toSorted().flatMap((path) => parseManifests(readFileSync(join(root, path), 'utf8')));
}

/** Folders of examples/ that have a CanaryApp, in order. */
export function exampleFolders(): readonly string[] {
  return globSync('examples/*/canaryapp.yaml', { cwd: root })
    .map((path) => path.split('/')[1] ?? '')
    .toSorted();
}

/** The one object of a kind and name. */
export function only(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  const [manifest] = found;
  if (manifest === undefined || found.length > 1) throw new Error(`${found.length} objects are ${kind} ${name}`);
  return manifest;
}
