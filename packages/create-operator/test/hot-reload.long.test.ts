import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { ConfigMap } from '@canaryop/reconcile';
import { createClient, noCredentials, type Client } from '@canaryop/reconcile/client';
import { processEnv, sleep } from '@canaryop/reconcile/env';
import { apiVersionOf, resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { adminUser, startCluster, type Cluster, type ListeningApiServer, type RequestRecord } from '@canaryop/simkube';

import { fromSource, temporaryProject, type TemporaryProject } from './temporary-project.ts';

const env = processEnv();
const program = join(import.meta.dirname, '../src/reconcile/main.ts');
const Greeting = resourceKind<KubernetesObject & { readonly spec: { readonly text?: string } }>({
  group: 'demo.io',
  version: 'v1',
  kind: 'Greeting',
  plural: 'greetings',
});
const key = { namespace: 'default', name: 'sample' };
const controllerFile = 'src/controllers/greeting.ts';
/** From the moment that a file is saved until the cluster shows what the new code does; ten times what was seen. */
const limitMs = 3000;

// Processes that start processes, on a machine that does other work as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cluster: Cluster<ListeningApiServer>;
let project: TemporaryProject;
let dev: Dev;
let client: Client;
let requests: RequestRecord[] = [];
/** Files as they were before a test changed them, by path. */
const originals = new Map<string, string>();

/** A running `reconcile dev`, and what it says. */
interface Dev {
  readonly child: ChildProcess;
  readonly answers: Record<string, unknown>[];
}

async function startDev(): Promise<Dev> {
  const args = ['dev', '--json', '--kubeconfig', join(project.root, 'kubeconfig')];
  const child = spawn(process.execPath, [...fromSource, program, ...args], {
    cwd: project.root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const answers: Record<string, unknown>[] = [];
  child.stderr.resume();
  createInterface({ input: child.stdout }).on('line', (line) =>
    answers.push(JSON.parse(line) as Record<string, unknown>),
  );
  await found(() => answers.find(({ ready }) => ready === true));
  return { child, answers };
}

beforeAll(async () => {
  cluster = await startCluster({ env, istio: false, apiServer: { onRequest: (record) => requests.push(record) } });
  const { server } = cluster;
  client = createClient({
    env,
    connection: { server: server.url, transport: server.transport(adminUser), credentials: noCredentials },
    fieldManager: 'test',
  });
  project = await temporaryProject();
  await project.reconcile('create', 'api', '--version', 'v1', '--kind', 'Greeting');
  await writeFile(join(project.root, 'kubeconfig'), server.kubeconfig, { mode: 0o600 });
  dev = await startDev();
  await client.create(Greeting, { apiVersion: apiVersionOf(Greeting), kind: 'Greeting', metadata: key, spec: {} });
  await textIs('hello');
});

afterEach(async () => {
  for (const [path, source] of originals) {
    forget();
    await writeFile(join(project.root, path), source);
    await told('reloaded', true);
  }
  originals.clear();
  // Whoever works now has read all that there is.
  await changeText('a moment');
  await textIs('a moment');
  await changeText('hello');
  await textIs('hello');
});

afterAll(async () => {
  const ended = once(dev.child, 'exit');
  dev.child.kill('SIGTERM');
  await ended;
  await project.remove();
  await cluster.stop();
});

async function found<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const endMs = env.clock.monotonic() + 20_000;
  while (env.clock.monotonic() < endMs) {
    const value = await look();
    if (value !== undefined) return value;
    await sleep(env.timers, 5);
  }
  throw new Error(`not within 20 s: ${look.toString()}; it has said ${JSON.stringify(dev.answers)}`);
}

const told = (field: string, value: unknown): Promise<Record<string, unknown>> =>
  found(() => dev.answers.find((answer) => answer[field] === value));

const textIs = (text: string): Promise<true> =>
  found(async () => ((await client.get(ConfigMap, key))?.data?.['text'] === text ? true : undefined));

/** What was said and asked before does not count. */
function forget(): void {
  dev.answers.length = 0;
  requests = [];
}

/** Saves a change, as an editor does. */
async function edit(path: string, from: string, to: string): Promise<void> {
  const source = await readFile(join(project.root, path), 'utf8');
  expect(source).toContain(from);
  if (!originals.has(path)) originals.set(path, source);
  forget();
  await writeFile(join(project.root, path), source.replace(from, to));
}

/** Has the object reconciled anew, by whatever code works. */
async function changeText(text: string): Promise<void> {
  const live = await client.get(Greeting, key);
  if (live === undefined) throw new Error('the object is gone');
  await client.patch(Greeting, live, { spec: { text } });
}

/** Kinds for which somebody filled a cache. */
const listed = (): ReadonlySet<string> =>
  new Set(requests.filter(({ verb }) => verb === 'list' || verb === 'watch').map(({ resource }) => resource));

describe('a change of the source under `reconcile dev`', () => {
  it('has new controllers work in the same process, from the same memory: no informer asks for anything', async () => {
    for (const [from, to, text] of [
      ['text: live.spec.text', 'text: live.spec.text.toUpperCase()', 'HELLO'],
      ['.toUpperCase()', '.repeat(2)', 'hellohello'],
      ['.repeat(2)', '.slice(1)', 'ello'],
    ] as const) {
      const savedMs = env.clock.monotonic();
      await edit(controllerFile, from, to);
      await textIs(text);
      const tookMs = env.clock.monotonic() - savedMs;
      const { tookMs: reloadMs } = await told('restarted', false);
      process.stdout.write(
        `new behaviour ${tookMs.toFixed(0)} ms after the file was saved; of these, the reload took ${String(reloadMs)}\n`,
      );
      expect(tookMs).toBeLessThan(limitMs);
      expect(listed()).toEqual(new Set());
    }
  });

  it('is told where it cannot be loaded or built, and the controllers before it go on', async () => {
    for (const [from, to, problem] of [
      ['.owns(ConfigMap)', '.owns(ConfigMap', 'src/operator.ts cannot be loaded'],
      ['.owns(ConfigMap', '.owns(Nothing)', 'Nothing is not defined'],
      ['.owns(Nothing)', '.owns(ConfigMap).workers(0)', 'workers must be'],
    ] as const) {
      await edit(controllerFile, from, to);
      expect((await told('reloaded', false))['problem']).toContain(problem);
      await changeText(problem);
      await textIs(problem);
    }
    await edit(controllerFile, '.workers(0)', '');
    await edit(controllerFile, 'text: live.spec.text', 'text: live.spec.text.toUpperCase()');
    await textIs('WORKERS MUST BE');
    expect(listed()).toEqual(new Set());
  });

  it('brings a new kind with its controller, and has nobody list the others', async () => {
    forget();
    await project.reconcile('create', 'api', '--version', 'v1', '--kind', 'Farewell');
    await told('restarted', false);
    const Farewell = resourceKind({ group: 'demo.io', version: 'v1', kind: 'Farewell', plural: 'farewells' });
    const metadata = { namespace: 'default', name: 'other' };
    await client.create(Farewell, {
      apiVersion: apiVersionOf(Farewell),
      kind: 'Farewell',
      metadata,
      spec: {},
    } as never);
    await found(() => client.get(ConfigMap, metadata));
    expect(listed()).toEqual(new Set(['farewells']));
  });

  it.each([
    [
      'the main module is another',
      { path: 'src/main.ts', from: 'import { processEnv, run', to: '// Begins.\nimport { processEnv, run' },
      'src/main.ts is read at the start',
    ],
    [
      'the main module has read what is new',
      { path: 'src/operator.ts', from: "fieldManager: 'my-operator'", to: "fieldManager: 'my-other-operator'" },
      'operator.fieldManager of src/operator.ts is another now',
    ],
    [
      'what is in memory was read by another definition',
      { path: 'src/api/v1/greeting.ts', from: "default('hello')", to: "default('good day')" },
      'the definition of Greeting is another now',
    ],
  ])('starts a new process where %s', async (_where, { path, from, to }, because) => {
    await edit(path, from, to);
    expect(await told('restarted', true)).toMatchObject({ because });
    await found(() => (listed().has('greetings') && listed().has('configmaps') ? true : undefined));
  });
});

describe('`reconcile dev` that is killed', () => {
  it('leaves no operator behind', { timeout: 30_000 }, async () => {
    const { child } = await startDev();
    // Once nobody writes to what it was given to write to.
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    expect(await closed).toEqual([null, 'SIGKILL']);
  });
});
