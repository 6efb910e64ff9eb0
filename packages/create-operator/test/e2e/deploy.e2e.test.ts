import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  startControlPlane,
  startProcess,
  type ControlPlane,
  type ManagedProcess,
} from '@canaryop/testkit/control-plane';

import { execute, fromSource, temporaryProject, type Ended, type TemporaryProject } from '../temporary-project.ts';

const namespace = 'my-operator-system';
const account = 'my-operator-controller-manager';
const program = join(import.meta.dirname, '../../src/reconcile/main.ts');

let project: TemporaryProject;
let plane: ControlPlane;
let operator: ManagedProcess;

const kubectl = (...args: readonly string[]): Promise<Ended> =>
  execute('kubectl', ['--kubeconfig', plane.adminKubeconfig, ...args], project.root);

beforeAll(async () => {
  [plane, project] = await Promise.all([startControlPlane({ kwok: true }), temporaryProject()]);
  await project.reconcile('create', 'api', '--group', 'demo', '--version', 'v1', '--kind', 'Greeting');
  const cluster = ['--version', 'v1', '--kind', 'Wide', '--no-namespaced', '--finalizer'];
  await project.reconcile('create', 'api', ...cluster);
});

afterAll(async () => {
  await plane.stop();
  await project.remove();
});

/** The arguments and variables of the Deployment, as the API server has them; ports are free ones of this machine. */
async function container(): Promise<{ readonly args: readonly string[]; readonly variables: Record<string, string> }> {
  const { stdout } = await kubectl('-n', namespace, 'get', 'deployment', account, '-o', 'json');
  const { spec } = JSON.parse(stdout) as {
    spec: {
      template: { spec: { containers: { args: string[]; env: { name: string; value: string }[] }[] } };
    };
  };
  const [manager] = spec.template.spec.containers;
  return {
    args: (manager?.args ?? []).map((arg) => arg.replace(/=:\d+$/u, '=127.0.0.1:0')),
    variables: Object.fromEntries((manager?.env ?? []).map(({ name, value }) => [name, value])),
  };
}

describe('a scaffolded operator on a real control plane', () => {
  it('is run by `reconcile dev --kubeconfig`, before anything is installed', async () => {
    const args = [...fromSource, program, 'dev', '--json', '--kubeconfig', plane.adminKubeconfig];
    const dev = spawn(process.execPath, args, { cwd: project.root, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(createInterface({ input: dev.stdout }), 'line')) as [string];
      expect(JSON.parse(line)).toMatchObject({ ready: true, cluster: plane.url });
      expect(await kubectl('apply', '-k', 'config/samples')).toMatchObject({ code: 0 });
      const ready = await kubectl('wait', '--for=condition=Ready', 'greeting/greeting-sample', '--timeout=60s');
      expect(ready).toMatchObject({ code: 0 });
      expect(await kubectl('delete', '-k', 'config/samples', '--timeout=60s')).toMatchObject({ code: 0 });
    } finally {
      const ended = once(dev, 'exit');
      dev.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    }
    // kubectl warns of definitions that it did not make itself.
    expect(await kubectl('delete', '-k', 'config/crd', '--timeout=60s')).toMatchObject({ code: 0 });
  });

  it('is installed with kubectl apply -k, and asks for nothing that the API server does not know', async () => {
    const applied = await kubectl('apply', '--validate=strict', '-k', 'config/default');
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    const again = await kubectl('apply', '-k', 'config/default');
    expect(again.stdout.split('\n').filter((line) => !/unchanged$|^$/u.test(line))).toEqual([]);
    expect(await kubectl('-n', namespace, 'rollout', 'status', `deployment/${account}`, '--timeout=60s')).toMatchObject(
      {
        code: 0,
      },
    );
  });

  it('reconciles its samples as its ServiceAccount, with the arguments of its Deployment', async () => {
    const { args, variables } = await container();
    expect(args).toEqual([
      '--leader-elect',
      '--health-probe-bind-address=127.0.0.1:0',
      '--metrics-bind-address=127.0.0.1:0',
      '--metrics-secure',
    ]);
    operator = await startProcess(plane.scope, {
      name: 'operator',
      program: process.execPath,
      args: [...fromSource, join(project.root, 'src/main.ts'), ...args],
      variables: { ...variables, KUBECONFIG: await plane.serviceAccountKubeconfig(namespace, account) },
    });
    expect(await kubectl('apply', '-k', 'config/samples')).toMatchObject({ code: 0 });
    for (const sample of ['greeting/greeting-sample', 'wide/wide-sample']) {
      const ready = await kubectl('wait', '--for=condition=Ready', sample, '--timeout=60s');
      expect({ ...ready, log: operator.log() }).toMatchObject({ code: 0 });
    }
    const { stdout } = await kubectl(
      'get',
      'configmaps',
      'greeting-sample',
      'wide-sample',
      '-o',
      'jsonpath={.items[*].data.text}',
    );
    expect(stdout).toBe('hello hello');
  });

  it('cleans up, and lets its objects go', async () => {
    expect(await kubectl('delete', '-k', 'config/samples', '--timeout=60s')).toMatchObject({ code: 0 });
    const gone = await kubectl(
      'wait',
      '--for=delete',
      'configmap/greeting-sample',
      'configmap/wide-sample',
      '--timeout=60s',
    );
    expect(gone).toMatchObject({ code: 0 });
  });

  it('was refused nothing by the API server', async () => {
    const events = await plane.auditEvents();
    const own = events.filter(({ user }) => user.username === `system:serviceaccount:${namespace}:${account}`);
    expect(own.length).toBeGreaterThan(10);
    const refused = own.filter(({ responseStatus }) => responseStatus?.code === 403);
    expect(refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([]);
  });

  it('has webhooks and versions that the API server takes', async () => {
    await project.reconcile('create', 'webhook', '--kind', 'Greeting', '--validating', '--mutating');
    await project.reconcile('create', 'webhook', '--kind', 'Wide', '--conversion', '--spoke', 'v1beta1');
    const applied = await kubectl('apply', '--validate=strict', '-k', 'config/default');
    expect(applied).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await kubectl('get', 'crd', 'wides.demo.io', '-o', 'jsonpath={.spec.conversion.strategy}');
    expect(stdout).toBe('Webhook');
  });
});
