import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { findProgram } from '@canaryop/testkit/control-plane';

import { parseManifests, type Manifest } from '../manifests/manifest-files.ts';

/** The chart's folder. */
export const chart = join(import.meta.dirname, '../../../../charts/canaryop');

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real helm. It keeps its own files in `home`. A refusal is a result. */
export async function helm(home: string, ...args: readonly string[]): Promise<Ended> {
  return run(await findProgram('helm'), args, {
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
  });
}

/** Runs kubectl with a kubeconfig. A refusal is a result. */
export function kubectl(kubeconfig: string, args: readonly string[], input = ''): Promise<Ended> {
  return run('kubectl', ['--kubeconfig', kubeconfig, ...args], {}, input);
}

function run(program: string, args: readonly string[], variables: NodeJS.ProcessEnv, input = ''): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...variables }, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

/** The path of a file with values. */
export const valuesFile = (name: string): string => join(import.meta.dirname, 'values', `${name}.yaml`);

/** What helm renders, as text. Throws when it refuses. */
export async function rendered(home: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await helm(
    home,
    'template',
    'canaryop',
    chart,
    '--namespace=canaryop-system',
    ...args,
  );
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** Labels that say that helm, or kustomize, made an object, and of which release. */
const origin = ['helm.sh/chart', ...['instance', 'version', 'managed-by'].map((name) => `app.kubernetes.io/${name}`)];

/** Objects by kind, namespace and name, without the marks of what rendered them. */
export function withoutOrigin(manifests: readonly Manifest[]): ReadonlyMap<string, unknown> {
  return new Map(
    manifests.map((manifest) => {
      const { name, namespace = '', labels, annotations, ...metadata } = manifest.metadata;
      const { 'helm.sh/resource-policy': _policy, ...notes } = annotations ?? {};
      const kept = Object.entries(labels ?? {}).filter(([label]) => !origin.includes(label));
      return [
        `${manifest.kind} ${namespace}/${name}`,
        { ...manifest, metadata: { ...metadata, labels: Object.fromEntries(kept), annotations: notes } },
      ];
    }),
  );
}

/** Every object of a text. Throws when two have one name. */
export function objectsOf(text: string): readonly Manifest[] {
  const manifests = parseManifests(text);
  if (withoutOrigin(manifests).size !== manifests.length) throw new Error('two objects have one kind and name');
  return manifests;
}
