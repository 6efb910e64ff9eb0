import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Env } from '@canaryop/reconcile/env';
import { findPrometheus, startRealPrometheus } from '@canaryop/simkube/prometheus';
import type { OnProgress } from '@canaryop/testkit/control-plane';

import { bundleFolder, manifests, type InstalledWorld } from './installed-world.ts';
import { kubectl, tryKubectl } from './kubectl.ts';

const namespace = 'canaryop-system';
const account = 'canaryop-controller-manager';
const tokenDuration = '2h';

/**
 * A cluster that is there: the one that $KUBECONFIG or ~/.kube/config names. config/default is installed into it, without
 * a pod of the operator, which runs on this machine; `stop` takes all of it out again. Rejects when the cluster has no
 * Istio CRDs, or has the operator already.
 */
export async function startExistingWorld(env: Env, tell: OnProgress): Promise<InstalledWorld> {
  const binary = await findPrometheus();
  if (binary === undefined) throw new Error('there is no prometheus on the PATH, which the operator is to ask');
  const bundle = await bundleFolder();
  const stops: (() => Promise<unknown>)[] = [() => rm(bundle, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  try {
    const kubeconfig = await ownKubeconfig(bundle);
    await refuseUnfit(kubeconfig);
    tell(`installing into ${(await kubectl(kubeconfig, ['config', 'current-context'])).trim()}`);
    stops.push(() => kubectl(kubeconfig, ['delete', '-k', manifests, '--ignore-not-found']));
    await kubectl(kubeconfig, ['apply', '-k', manifests]);
    await kubectl(kubeconfig, ['-n', namespace, 'scale', `deployment/${account}`, '--replicas=0']);
    // It scrapes nothing, so that no query has a result, and every check passes.
    const prometheus = await startRealPrometheus({ timers: env.timers, binary, targets: [] });
    stops.push(() => prometheus.stop());
    const operatorKubeconfig = await tokenKubeconfig(kubeconfig, bundle);
    tell('config/default is applied, and is removed at the end');
    const address = { kubeconfig, operatorKubeconfig, bundle, prometheus: `127.0.0.1:${prometheus.port}` };
    return { address, broken: new Promise<never>(() => undefined), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The user's current context as one file of its own. */
async function ownKubeconfig(folder: string): Promise<string> {
  const path = join(folder, 'admin.kubeconfig');
  const view = ['config', 'view', '--minify', '--flatten', '--raw', '-o', 'json'];
  await writeSecret(path, await kubectl(undefined, view));
  return path;
}

/** Somebody's operator would be taken away at the end, and without Istio nothing can be told. */
async function refuseUnfit(kubeconfig: string): Promise<void> {
  const there = await tryKubectl(kubeconfig, ['get', 'namespace', namespace]);
  if (there.code === 0) throw new Error(`the cluster has a namespace ${namespace}; these tests make and remove it`);
  for (const plural of ['virtualservices', 'destinationrules', 'gateways']) {
    const found = await tryKubectl(kubeconfig, ['get', 'crd', `${plural}.networking.istio.io`]);
    if (found.code !== 0) throw new Error(`the cluster has no Istio CRDs: ${found.stderr.trim()}`);
  }
}

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string }[];
}

/** The same cluster as the operator's ServiceAccount. */
async function tokenKubeconfig(admin: string, folder: string): Promise<string> {
  const token = await kubectl(admin, ['-n', namespace, 'create', 'token', account, `--duration=${tokenDuration}`]);
  const { clusters } = JSON.parse(await kubectl(admin, ['config', 'view', '--raw', '-o', 'json'])) as Kubeconfig;
  const path = join(folder, 'operator.kubeconfig');
  await writeSecret(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters,
      users: [{ name: account, user: { token: token.trim() } }],
      contexts: [{ name: account, context: { cluster: clusters[0]?.name, user: account, namespace } }],
      'current-context': account,
    }),
  );
  return path;
}

function writeSecret(path: string, text: string): Promise<void> {
  return writeFile(path, text, { mode: 0o600 });
}
