import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { undiciTransport } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';
import { startCluster, type Cluster, type ListeningApiServer } from '@canaryop/simkube';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { install } from '../manifests/install.ts';
import { only, readManifests } from '../manifests/manifest-files.ts';
import { mountServiceAccount, OperatorProcess, podFolder, type PodFolder } from './operator-process.ts';

const root = join(import.meta.dirname, '../../../..');
const namespace = 'canaryop-system';
const account = 'canaryop-controller-manager';
const installed = readManifests('config/install.yaml');

let out: string;
let cluster: Cluster<ListeningApiServer>;
let folder: PodFolder;
let operator: OperatorProcess | undefined;

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'canaryop-bundle-'));
  execFileSync(process.execPath, [join(root, 'scripts/bundle.ts'), out]);
  cluster = await startCluster({ env: processEnv() });
  await install(
    cluster.server,
    installed.filter(({ kind }) => kind !== 'Deployment'),
  );
}, 30_000);

afterEach(async () => {
  await operator?.terminate();
  operator = undefined;
  folder.remove();
});

afterAll(async () => {
  await cluster.stop();
  rmSync(out, { recursive: true });
});

/** The container of the installation, except for the ports, which must be free ones here. */
const container = only(installed, 'Deployment', account).spec as {
  readonly template: {
    readonly spec: {
      readonly containers: readonly [
        {
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value: string }[];
          readonly resources: { readonly limits: { readonly memory: string } };
        },
      ];
    };
  };
};
const [manager] = container.template.spec.containers;
const args = manager.args.map((arg) => arg.replace(/=:\d+$/, '=127.0.0.1:0'));
const variables = Object.fromEntries(manager.env.map(({ name, value }) => [name, value]));
/** Lets the process read files and use the network, and nothing else: a write to any file is an error. */
const locked = { NODE_ARGS: '--disable-warning=ExperimentalWarning --permission --allow-fs-read=* --allow-net' };

function sampleOf(name: string): CanaryApp {
  const [sample] = readManifests('config/samples/canary_v1_canaryapp.yaml');
  return { ...sample, metadata: { namespace: 'default', name } } as unknown as CanaryApp;
}

/** Resolves when the application is released. Rejects when the operator ends before that. */
async function released(name: string): Promise<void> {
  let stop = (): void => undefined;
  const seen = new Promise<true>((resolve) => {
    stop = cluster.server.loopback.watch(CanaryApp, ({ object }) => {
      if (object.metadata.name === name && object.status?.successfulRelease === true) resolve(true);
    });
  });
  const first = await Promise.race([seen, operator?.exitCode()]);
  stop();
  if (first !== true) throw new Error(`the operator has ended:\n${operator?.transcript()}`);
}

async function probe(port: unknown, path: string): Promise<string> {
  const transport = undiciTransport();
  const response = await transport.request({
    method: 'GET',
    url: `http://127.0.0.1:${String(port)}/${path}`,
    headers: {},
  });
  let text = `${response.status} `;
  for await (const chunk of response.body) text += Buffer.from(chunk).toString('utf8');
  await transport.close();
  return text;
}

/** The operator and the parts that it imports statically: all that is loaded before it is asked for anything special. */
function loadedAtStart(): readonly string[] {
  const files = new Set([join(out, 'canaryop.mjs')]);
  for (const file of files) {
    for (const [, part = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*"(\.\/part-[^"]+)"/gu))
      files.add(join(out, part));
  }
  return [...files];
}

const everything = (): readonly string[] =>
  readdirSync(out)
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => join(out, name));
const withoutClientNode = (): readonly string[] =>
  everything().filter((file) => !readFileSync(file, 'utf8').includes('node_modules/@kubernetes/client-node/'));

describe('the bundle', () => {
  it('reads little at its start', () => {
    folder = podFolder([]);
    const bytes = loadedAtStart().reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeLessThan(2_000_000);
  });

  it('runs in a pod: read-only files, not as root, under its ServiceAccount, within its memory limit', async () => {
    folder = podFolder(withoutClientNode());
    const mount = mountServiceAccount(cluster.server, namespace, account);
    const { hostname, port } = new URL(cluster.server.url);
    operator = new OperatorProcess(folder, {
      args: ['canaryop.mjs', ...args],
      env: {
        ...variables,
        ...locked,
        KUBERNETES_SERVICE_HOST: hostname,
        KUBERNETES_SERVICE_PORT: port,
        KUBERNETES_SERVICE_ACCOUNT_DIR: mount,
      },
    });
    const probes = await operator.line('serving probes');
    cluster.server.loopback.create(CanaryApp, sampleOf('in-a-pod'));
    await released('in-a-pod');
    expect(await probe(probes['port'], 'healthz')).toBe('200 ok');
    expect(await probe(probes['port'], 'readyz')).toBe('200 ok');
    expect(operator.residentMiB()).toBeLessThan(Number.parseInt(manager.resources.limits.memory, 10));
    expect(await operator.terminate()).toBe(0);
    expect(operator.noise).toEqual([]);
    rmSync(mount, { recursive: true });
  });

  it.each([
    ['with-a-token', withoutClientNode, (text: string) => text],
    [
      'with-a-plug-in',
      everything,
      (text: string) => text.replace(/token: (\S+)/u, (_, token: string) => `exec: ${JSON.stringify(printing(token))}`),
    ],
  ])('reads a kubeconfig %s', async (name, files, changed) => {
    const file = join(out, 'kubeconfig');
    writeFileSync(file, changed(cluster.server.serviceAccountKubeconfig(namespace, account)));
    folder = podFolder([...files(), file]);
    const kubeconfig = join(folder.path, 'kubeconfig');
    operator = new OperatorProcess(folder, {
      args: ['canaryop.mjs', ...args, '--kubeconfig', kubeconfig],
      env: { ...variables, ...locked },
    });
    cluster.server.loopback.create(CanaryApp, sampleOf(name));
    await released(name);
    expect(await operator.terminate()).toBe(0);
  });

  it('says what is missing where it finds no cluster', async () => {
    folder = podFolder(withoutClientNode());
    operator = new OperatorProcess(folder, { args: ['canaryop.mjs', '--kubeconfig', '/nonexistent'], env: variables });
    expect(await operator.exitCode()).toBe(1);
    expect(operator.noise.join('\n')).toContain('canaryop: ');
    expect(operator.noise).toHaveLength(1);
  });
});

/** A plug-in that knows one token. */
function printing(token: string): object {
  const answer = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } };
  const script = `console.log(${JSON.stringify(JSON.stringify(answer))})`;
  return { apiVersion: answer.apiVersion, command: process.execPath, args: ['-e', script], interactiveMode: 'Never' };
}
