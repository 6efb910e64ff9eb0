import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { createOperatorProgram, reconcileProgram } from '../src/commands/program.ts';
import { bin, execute, fromSource, runIn, temporaryProject, type TemporaryProject } from './temporary-project.ts';

// Processes that start processes, on a machine that does other work as well.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** An object of a rendered manifest, as far as it is looked at. */
interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly webhooks?: readonly { readonly clientConfig: ClientConfig }[];
  readonly spec?: { readonly conversion?: { readonly webhook: { readonly clientConfig: ClientConfig } } };
}

interface ClientConfig {
  readonly service: object;
}

let project: TemporaryProject;
beforeAll(async () => {
  project = await temporaryProject();
  await project.reconcile('create', 'api', '--group', 'demo', '--version', 'v1', '--kind', 'Greeting');
  const cluster = ['--version', 'v1alpha1', '--kind', 'HTTPRouteOfTheWholeCluster', '--no-namespaced', '--finalizer'];
  await project.reconcile('create', 'api', ...cluster);
  await project.reconcile('create', 'api', '--version', 'v1', '--kind', 'Box', '--no-controller');
  await project.reconcile('create', 'webhook', '--kind', 'Greeting', '--validating');
  const every = ['--validating', '--mutating', '--conversion', '--spoke', 'v1alpha2'];
  await project.reconcile('create', 'webhook', '--kind', 'HTTPRouteOfTheWholeCluster', ...every);
});
afterAll(() => project.remove());

describe('a scaffolded project', () => {
  it('passes the type checker, with what is strict switched on', async () => {
    // Sources of packages are checked with the repository's own settings.
    const { stdout } = await execute(bin('tsc'), ['--customConditions', 'source'], project.root);
    expect(stdout.split('\n').filter((line) => /^(?:src|test)\//u.test(line))).toEqual([]);
  });

  it('is formatted, however long its names are', async () => {
    const config = join(import.meta.dirname, '../../../.oxfmtrc.json');
    const { stdout, stderr, code } = await execute(
      bin('oxfmt'),
      ['-c', config, '--check', 'src', 'test'],
      project.root,
    );
    expect({ code, output: stdout + stderr }).toMatchObject({ code: 0 });
  });

  it('refuses to start with a log level or a log format that there is not', async () => {
    const startedWith = (flag: string) => execute(process.execPath, [...fromSource, 'src/main.ts', flag], project.root);
    const [level, format] = [await startedWith('--log-level=loud'), await startedWith('--log-format=xml')];
    expect(level.code).toBe(1);
    expect(level.stderr).toContain('--log-level loud: must be one of debug, info, warn, error');
    expect(format.code).toBe(1);
    expect(format.stderr).toContain('--log-format xml: must be one of json, console');
  });

  it('has manifests that follow from its code', async () => {
    expect(await project.reconcile('manifests', '--check')).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await project.reconcile('manifests', '--json');
    expect(JSON.parse(stdout)).toEqual({ written: [], yours: [] });
  });

  it('is rendered by kustomize, with its kinds and nothing that an installation would lack', async () => {
    const { stdout, stderr } = await execute('kubectl', ['kustomize', 'config/default'], project.root);
    expect(stderr).toBe('');
    const objects = parseAllDocuments(stdout).map(
      (document) => document.toJS() as { kind: string; metadata: { name: string } },
    );
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'Namespace my-operator-system',
        'CustomResourceDefinition greetings.demo.demo.io',
        'CustomResourceDefinition httprouteofthewholeclusters.demo.io',
        'CustomResourceDefinition boxes.demo.io',
        'ServiceAccount my-operator-controller-manager',
        'ClusterRole my-operator-manager-role',
        'Role my-operator-leader-election-role',
        'Deployment my-operator-controller-manager',
      ]),
    );
  });

  it('tells API servers where its webhooks are: its Service, by the name and in the namespace that it is given', async () => {
    const { stdout } = await execute('kubectl', ['kustomize', 'config/default'], project.root);
    const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Rendered);
    const admission = objects.flatMap(({ webhooks = [] }) => webhooks.map(({ clientConfig }) => clientConfig.service));
    const conversion = objects.flatMap(({ spec }) => spec?.conversion?.webhook.clientConfig.service ?? []);
    const at = { namespace: 'my-operator-system', name: 'my-operator-webhook-service' };
    expect([...admission, ...conversion]).toEqual(Array.from({ length: 4 }, () => expect.objectContaining(at)));
    const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === at.name);
    expect(service?.metadata.namespace).toBe(at.namespace);
  });

  it.each(['config/prometheus', 'config/samples'])('%s is rendered by kustomize', async (folder) => {
    expect(await execute('kubectl', ['kustomize', folder], project.root)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('`reconcile manifests`', () => {
  it('prints all of it, the same each time', async () => {
    const [first, second] = [
      await project.reconcile('manifests', '--print'),
      await project.reconcile('manifests', '--print'),
    ];
    expect(first.stdout).toBe(second.stdout);
    expect(first.stdout).toContain('# config/crd/bases/demo.demo.io_greetings.yaml\n');
  });

  it('fails a check with a diff when the code has changed, and writes what the check wanted', async () => {
    const path = join(project.root, 'src/api/v1/greeting.ts');
    const source = await readFile(path, 'utf8');
    await writeFile(path, source.replace('maxLength: 100', 'maxLength: 200'));
    const crd = 'config/crd/bases/demo.demo.io_greetings.yaml';
    const before = await project.read(crd);
    const check = await project.reconcile('manifests', '--check');
    expect(check).toMatchObject({ code: 1 });
    expect(check.stdout).toContain('-                  maxLength: 100\n+                  maxLength: 200\n');
    expect(check.stderr).toContain(`${crd}: not what follows from the code; run \`npm run manifests\``);
    expect(await project.read(crd)).toBe(before);
    expect((await project.reconcile('manifests')).stdout).toBe(`wrote ${crd}\n`);
    expect(await project.reconcile('manifests', '--check')).toMatchObject({ code: 0 });
    await writeFile(path, source);
    await project.reconcile('manifests');
  });

  it('leaves a file alone whose first line somebody took away, and says so', async () => {
    const path = 'config/manager/manager.yaml';
    const text = await project.read(path);
    const own = text.slice(text.indexOf('\n') + 1).replace('cpu: 10m', 'cpu: 20m');
    await writeFile(join(project.root, path), own);
    expect(await project.reconcile('manifests')).toMatchObject({
      code: 0,
      stdout: `left ${path} alone: it is yours, because its first line was taken away\nthe manifests follow from the code as they are\n`,
    });
    expect(await project.read(path)).toBe(own);
    await writeFile(join(project.root, path), text);
  });

  it('says what is wrong with a module that cannot be loaded, and writes nothing', async () => {
    const path = join(project.root, 'src/operator.ts');
    const source = await readFile(path, 'utf8');
    await writeFile(path, source.replace('fieldManager:', 'fieldmanager:'));
    expect(await project.reconcile('manifests')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(
        'src/operator.ts must export `operator` with fieldManager, kinds and controllers',
      ),
    });
    await writeFile(path, `${source}\nthis is no code\n`);
    expect((await project.reconcile('manifests')).stderr).toContain('src/operator.ts cannot be loaded');
    await writeFile(path, `import 'not-installed';\n${source}`);
    expect((await project.reconcile('manifests')).stderr).toContain(
      'the package not-installed is not installed: run `npm install` first',
    );
    await writeFile(path, source);
  });
});

describe('a command that cannot do what it is asked for', () => {
  it('create api: keeps what somebody else wrote, and writes nothing', async () => {
    const path = join(project.root, 'src/controllers/cube.ts');
    await writeFile(path, "// the user's\n");
    const before = await project.read('PROJECT');
    const refused = await project.reconcile('create', 'api', '--version', 'v1', '--kind', 'Cube');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('nothing was written:\n  src/controllers/cube.ts\n');
    expect(await project.read('src/controllers/cube.ts')).toBe("// the user's\n");
    expect(await project.read('PROJECT')).toBe(before);
    await rm(path);
  });

  it('init: keeps the project that is there', async () => {
    const again = await runIn(join(project.root, '..'), createOperatorProgram, ['my-operator', '--domain', 'other.io']);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toContain('  PROJECT\n');
    expect(await project.read('PROJECT')).toContain('domain: demo.io');
  });

  it('says where it has to be run', async () => {
    const outside = await runIn(tmpdir(), reconcileProgram, ['manifests']);
    expect(outside).toMatchObject({ code: 1, stdout: '' });
    expect(outside.stderr).toContain('there is no PROJECT in');
  });

  it('answers programs with JSON', async () => {
    const refused = await project.reconcile('create', 'api', '--version', 'v1', '--kind', 'greeting', '--json');
    expect(refused.stdout).toBe('');
    expect(JSON.parse(refused.stderr)).toEqual({
      error:
        'kind "greeting": must be singular and UpperCamelCase, letters and digits, at most 40 characters, such as Greeting',
    });
  });

  it.each([
    [['create', 'api', '--kind', 'A'], "required option '--version <version>' not specified"],
    [['create', 'thing'], "unknown command 'thing'"],
    [['create', 'webhook', '--kind', 'Box', '--conversion'], '--conversion and --spoke VERSION belong together'],
    [['dev', '--port', 'http'], '--port http: must be a number from 0 to 65535'],
    [['dev', '--simkube', '--kubeconfig'], 'choose one of --simkube and --kubeconfig'],
  ])('%j: %s', async (args, message) => {
    const refused = await project.reconcile(...args);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(message);
  });

  it('dev: says whose port it cannot have', async () => {
    const somebody = createServer().listen(0, '127.0.0.1');
    await once(somebody, 'listening');
    const port = String((somebody.address() as AddressInfo).port);
    const refused = await project.reconcile('dev', '--port', port);
    somebody.close();
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: `reconcile: --port ${port}: somebody else listens there; choose another, or 0 for a free one\n`,
    });
  });

  it.each([
    ['--help'],
    ['init', '--help'],
    ['create', 'api', '--help'],
    ['create', 'webhook', '--help'],
    ['manifests', '--help'],
    ['dev', '--help'],
  ])('%s %s is told what there is', async (...args) => {
    const help = await project.reconcile(...args);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('Usage: reconcile');
  });
});
