import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { ConfigMap } from '@canaryop/reconcile';
import { createClient, isInvalid, kubeConfigConnection, type Client } from '@canaryop/reconcile/client';
import { processEnv, sleep } from '@canaryop/reconcile/env';
import { apiVersionOf, resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';

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

// Processes that start processes, on a machine that does other work as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let project: TemporaryProject;
let child: ChildProcess;
let kubeconfig = '';
let logged = '';
let client: Client;
const answers: Record<string, unknown>[] = [];

beforeAll(async () => {
  project = await temporaryProject();
  await project.reconcile('create', 'api', '--version', 'v1', '--kind', 'Greeting');
  child = spawn(process.execPath, [...fromSource, program, 'dev', '--json'], {
    cwd: project.root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr?.on('data', (chunk: Buffer) => (logged += chunk.toString()));
  if (child.stdout === null) throw new Error('it has no output');
  createInterface({ input: child.stdout }).on('line', (line) =>
    answers.push(JSON.parse(line) as Record<string, unknown>),
  );
  kubeconfig = String((await found(() => answers.find(({ ready }) => ready === true)))['kubeconfig']);
  const { connection } = await kubeConfigConnection(env, { path: kubeconfig });
  client = createClient({ env, connection, fieldManager: 'test' });
});

afterAll(async () => {
  // By SIGTERM, so that it takes the operator along.
  if (child.exitCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  await project.remove();
});

async function found<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const endMs = env.clock.monotonic() + 20_000;
  while (env.clock.monotonic() < endMs) {
    const value = await look();
    if (value !== undefined) return value;
    await sleep(env.timers, 50);
  }
  throw new Error(`not within 20 s: ${look.toString()}; it has said ${JSON.stringify(answers)}`);
}

const textIs = (text: string): Promise<true> =>
  found(async () => ((await client.get(ConfigMap, key))?.data?.['text'] === text ? true : undefined));

async function edit(path: string, from: string, to: string): Promise<void> {
  const source = await readFile(join(project.root, path), 'utf8');
  expect(source).toContain(from);
  answers.length = 0;
  await writeFile(join(project.root, path), source.replace(from, to));
}

describe('`reconcile dev`', () => {
  it('runs the operator on a cluster of its own, follows each change, and takes the cluster along', async () => {
    await client.create(Greeting, { apiVersion: apiVersionOf(Greeting), kind: 'Greeting', metadata: key, spec: {} });
    await textIs('hello');
    // What it logs is for people.
    expect(logged).toMatch(/^\S+Z INFO {2}\w/mu);
    expect(logged).not.toMatch(/^\{/mu);

    const controller = 'src/controllers/greeting.ts';
    await edit(controller, 'text: live.spec.text', 'text: live.spec.text.toUpperCase()');
    await textIs('HELLO');
    expect(await found(() => answers.find(({ reloaded }) => reloaded === true))).toMatchObject({
      paths: [join(project.root, controller)],
      restarted: false,
    });

    // What cannot be loaded changes nothing: the operator goes on as it was.
    await edit(controller, '.owns(ConfigMap)', '.owns(ConfigMap');
    const { problem } = await found(() => answers.find(({ reloaded }) => reloaded === false));
    expect(problem).toContain('src/operator.ts cannot be loaded');
    const live = await client.get(Greeting, key);
    if (live === undefined) throw new Error('the object is gone');
    await client.patch(Greeting, live, { spec: { text: 'bye' } });
    await textIs('BYE');

    // One that ends by itself is told of, and starts again with the next change.
    await edit(controller, '.owns(ConfigMap', '.owns(ConfigMap)');
    await edit('src/main.ts', 'import { processEnv, run', 'process.exit(3);\nimport { processEnv, run');
    expect(await found(() => answers.find(({ ended }) => ended === true))).toMatchObject({ code: 3 });
    await edit('src/main.ts', 'process.exit(3);\n', '');

    // A change of the kind reaches the cluster.
    await edit('src/api/v1/greeting.ts', "default('hello')", "default('good day')");
    await found(() => answers.find(({ reloaded }) => reloaded === true));
    const other = { namespace: 'default', name: 'other' };
    await found(async () => {
      const manifest = { apiVersion: apiVersionOf(Greeting), kind: 'Greeting', metadata: other, spec: {} };
      const existing = (await client.get(Greeting, other)) ?? (await client.create(Greeting, manifest));
      if (existing.spec.text === 'good day') return true;
      await client.delete(Greeting, existing);
      return undefined;
    });

    // What the API server refuses is told, and changes nothing.
    const kind = "kind: 'Greeting',\n";
    await edit('src/api/v1/greeting.ts', kind, `${kind}  scope: 'Cluster',\n`);
    const refusedScope = await found(() => answers.find(({ reloaded }) => reloaded === false));
    expect(refusedScope['problem']).toContain('spec.scope');
    await edit('src/api/v1/greeting.ts', `${kind}  scope: 'Cluster',\n`, kind);

    // So does a webhook, which is asked as by any API server: over TLS, with a certificate that the operator made.
    answers.length = 0;
    await project.reconcile('create', 'webhook', '--kind', 'Greeting', '--validating');
    const refused = { namespace: 'default', name: 'refused' };
    const signed = { apiVersion: apiVersionOf(Greeting), kind: 'Greeting', metadata: refused };
    const refusal = await found(async () => {
      try {
        const made = await client.create(Greeting, { ...signed, spec: { text: 'by kubernetes-admin' } });
        await client.delete(Greeting, made);
        return undefined;
      } catch (error) {
        return isInvalid(error) ? error : undefined;
      }
    });
    expect(refusal.message).toContain('spec.text: must not name who writes it, kubernetes-admin');

    // A controller that is new leaves webhooks as they are.
    await edit(controller, '.toUpperCase()', '.toLowerCase()');
    expect(await found(() => answers.find(({ reloaded }) => reloaded === true))).toMatchObject({ restarted: false });
    await textIs('bye');

    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    expect(existsSync(kubeconfig)).toBe(false);
  });
});
