import { execFile } from 'node:child_process';
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

import { createClient, type ClusterConnection } from '@canaryop/reconcile/client';
import { uuid, type Env } from '@canaryop/reconcile/env';
import { resourceKind } from '@canaryop/reconcile/object';

import { poll } from '../control-plane/processes/poll.ts';

const run = promisify(execFile);

/** What the configuration is made from. */
export interface ConfigurationOptions {
  readonly env: Env;
  /** Where the kustomization is written. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** The same for requests of our own. */
  readonly connection: ClusterConnection;
  /** Of Argo CD's Go module, which has the manifests of its release. */
  readonly moduleFolder: string;
  readonly components: readonly string[];
}

/**
 * Applies Argo CD's CRDs and, in the namespace argocd, its ConfigMaps and its Secret, as they are in the release, with
 * the components on top. Needs kubectl. Rejects with what it said.
 */
export async function applyConfiguration(options: ConfigurationOptions): Promise<void> {
  const { kubeconfig, moduleFolder } = options;
  const kubectl = async (...args: readonly string[]): Promise<void> => {
    await run('kubectl', [`--kubeconfig=${kubeconfig}`, ...args]);
  };
  // Server-side: a definition is larger than the annotation that client-side apply keeps may be.
  await kubectl('apply', '--server-side', '-k', join(moduleFolder, 'manifests/crds'));
  await Promise.all([untilServed(options), kubectl('apply', '--server-side', '-k', await writeKustomization(options))]);
}

const servedWithinMs = 30_000;

/** Waits until the API server knows the kinds, which it does a moment after it took their definitions. */
async function untilServed({ env, connection }: ConfigurationOptions): Promise<void> {
  const client = createClient({ env, connection, fieldManager: 'control-plane' });
  for (const kind of kinds) {
    const result = await poll({ env, timeoutMs: servedWithinMs }, () => client.list(kind));
    if ('problem' in result) {
      throw new Error(`${kind.plural}.${kind.group} are not served after ${servedWithinMs} ms: ${result.problem}`);
    }
  }
}

const kinds = ['Application', 'AppProject', 'ApplicationSet'].map((kind) =>
  resourceKind({ group: 'argoproj.io', version: 'v1alpha1', kind, plural: `${kind.toLowerCase()}s` }),
);

async function writeKustomization({ env, folder, moduleFolder, components }: ConfigurationOptions): Promise<string> {
  const path = join(folder, 'configuration');
  await mkdir(path);
  // kustomize takes other folders by relative path only, and follows links before it does.
  const here = await realpath(path);
  const from = async (other: string): Promise<string> => relative(here, await realpath(other));
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: 'argocd',
    resources: [await from(join(moduleFolder, 'manifests/base/config')), 'namespace.yaml'],
    components: await Promise.all(components.map(from)),
    patches: [{ path: 'secret_patch.yaml' }],
  };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } };
  // Its API server would make the key, and without one the settings are not taken for complete.
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'argocd-secret' },
    stringData: { 'server.secretkey': uuid(env.random) },
  };
  const files = { 'kustomization.yaml': kustomization, 'namespace.yaml': namespace, 'secret_patch.yaml': secret };
  // JSON is YAML.
  await Promise.all(
    Object.entries(files).map(([name, content]) => writeFile(join(path, name), JSON.stringify(content))),
  );
  return path;
}
