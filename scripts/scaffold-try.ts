/**
 * The path of a new user, from nothing to an operator that reconciles: packs the packages as a registry would have them,
 * and goes through docs/tutorial.md's commands in a temporary folder, with npm, kubectl and this Node. Exits with 0 only
 * if the new operator's tests pass, it reconciles its sample on simkube, follows a change of its own source, and all of
 * that takes less than two minutes. `--keep` leaves the folder; `--cold` gives npm an empty cache.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const limitSeconds = 120;
const root = join(import.meta.dirname, '..');
const { values: flags } = parseArgs({ options: { keep: { type: 'boolean' }, cold: { type: 'boolean' } } });

const folder = await mkdtemp(join(tmpdir(), 'scaffold-try-'));
const packages = join(folder, 'packages');
const project = join(folder, 'my-operator');
const environment: NodeJS.ProcessEnv = {
  ...process.env,
  // A new user's Node is new enough for what the packages ask; this machine's may be older.
  PATH: `${join(folder, 'tool/node_modules/.bin')}${delimiter}${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`,
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
  ...(flags.cold === true ? { npm_config_cache: join(folder, 'npm-cache') } : {}),
};
// `pnpm scaffold:try` has these set for its own scripts.
for (const name of ['NODE_OPTIONS', 'KUBECONFIG', 'npm_config_user_agent', 'npm_execpath', 'npm_command']) {
  delete environment[name];
}

let userSeconds = 0;
let dev: ChildProcess | undefined;
let devErrors = '';
/** Lines that `reconcile dev --json` has written. */
const answers: Record<string, unknown>[] = [];
try {
  await step('pnpm pack:packages (once they are published, nobody needs this)', packAll, { isUsers: false });
  await step('npm create @canaryop/operator: the program', installTool);
  await step('create-operator my-operator --domain demo.io', () =>
    run(folder, 'create-operator', 'my-operator', '--domain', 'demo.io', '--link', packages),
  );
  await step('npm install', () => run(project, 'npm', 'install'));
  await step('npm run reconcile -- create api --version v1 --kind Greeting', () =>
    run(project, 'npm', 'run', 'reconcile', '--', 'create', 'api', '--version', 'v1', '--kind', 'Greeting'),
  );
  await step('npm test', () => run(project, 'npm', 'test'));
  await step('npm run check', () => run(project, 'npm', 'run', 'check'));
  await step('kubectl kustomize config/default', () => run(project, 'kubectl', 'kustomize', 'config/default'));
  await step('npm run dev', startDev);
  await step('kubectl apply -k config/samples; it is reconciled', reconcileSample);
  await step('an edit of src/controllers/greeting.ts; it is reloaded', editController);
  await step("a field of one's own; npm run manifests; npm run check", addField);
  const isInTime = userSeconds < limitSeconds;
  say(`${isInTime ? '✓' : '✗'} from nothing to a running operator in ${userSeconds.toFixed(0)} s`);
  if (!isInTime) process.exitCode = 1;
} catch (error) {
  say(`✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await stopDev();
  if (flags.keep === true) say(`kept ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function step(name: string, work: () => Promise<unknown>, { isUsers = true } = {}): Promise<void> {
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  if (isUsers) userSeconds += seconds;
  say(`✓ ${seconds.toFixed(1).padStart(5)} s  ${name}`);
}

/** Runs a program to its end, and resolves with what it wrote. Rejects, with all of that, when it fails. */
async function run(cwd: string, program: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return output;
  throw new Error(`${program} ${args.join(' ')} ended with ${String(code)} in ${cwd}\n${output}${errors}`);
}

async function packAll(): Promise<void> {
  await run(root, process.execPath, join(root, 'scripts/pack-packages.ts'), packages);
}

/** What `npm create` does before it runs the program. */
async function installTool(): Promise<void> {
  const tool = join(folder, 'tool');
  await mkdir(tool);
  await writeFile(join(tool, 'package.json'), '{ "private": true }\n');
  const tarballs = (await readdir(packages)).map((file) => join(packages, file));
  await run(tool, 'npm', 'install', ...tarballs);
}

async function startDev(): Promise<void> {
  const child = spawn('npm', ['run', '--silent', 'dev', '--', '--json'], {
    cwd: project,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: npm hands no signal on to what it runs.
    detached: true,
  });
  dev = child;
  child.stderr.on('data', (chunk: Buffer) => (devErrors += chunk.toString()));
  createInterface({ input: child.stdout }).on('line', (line) => {
    answers.push(JSON.parse(line) as Record<string, unknown>);
  });
  const { kubeconfig } = await answer('ready');
  environment['KUBECONFIG'] = String(kubeconfig);
}

async function stopDev(): Promise<void> {
  if (dev?.pid === undefined || dev.exitCode !== null) return;
  const ended = once(dev, 'close');
  process.kill(-dev.pid, 'SIGTERM');
  await ended;
}

function answer(field: string): Promise<Record<string, unknown>> {
  return until(`\`reconcile dev\` says ${field}`, () => Promise.resolve(answers.find((each) => each[field] === true)));
}

async function reconcileSample(): Promise<void> {
  await run(project, 'kubectl', 'apply', '-k', 'config/samples');
  await run(project, 'kubectl', 'wait', '--for=condition=Ready', 'greeting/greeting-sample', '--timeout=30s');
  await text('hello');
}

async function editController(): Promise<void> {
  const path = join(project, 'src/controllers/greeting.ts');
  const source = await readFile(path, 'utf8');
  const edited = source.replace('text: live.spec.text', 'text: live.spec.text.toUpperCase()');
  if (edited === source) throw new Error(`${path} has no \`text: live.spec.text\` to edit`);
  await writeFile(path, edited);
  await answer('reloaded');
  await text('HELLO');
}

/** Step 5 of the tutorial. */
async function addField(): Promise<void> {
  const path = join(project, 'src/api/v1/greeting.ts');
  const source = await readFile(path, 'utf8');
  const edited = source.replace(
    /^ {4}text: .*\n/mu,
    (line) => `${line}    language: s.enum(['en', 'de']).default('en'),\n`,
  );
  if (edited === source) throw new Error(`${path} has no line \`text: ...\` to put another behind`);
  await writeFile(path, edited);
  await run(project, 'npm', 'run', 'manifests');
  await run(project, 'npm', 'run', 'check');
  // A cluster that does not know the field drops it.
  const patch = ['patch', 'greeting', 'greeting-sample', '--type=merge', '--patch={"spec":{"language":"de"}}'];
  await until('`reconcile dev` has the cluster know the new field', async () => {
    const language = await run(project, 'kubectl', ...patch, '-o', 'jsonpath={.spec.language}');
    return language === 'de' ? language : undefined;
  });
}

function text(expected: string): Promise<unknown> {
  return until(`the ConfigMap says ${expected}`, async () => {
    const found = await run(project, 'kubectl', 'get', 'configmap', 'greeting-sample', '-o', 'jsonpath={.data.text}');
    return found === expected ? found : undefined;
  });
}

/** Asks again until there is an answer, for half a minute. */
async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const endMs = performance.now() + 30_000;
  while (performance.now() < endMs) {
    const found = await ask();
    if (found !== undefined) return found;
    if (dev !== undefined && dev.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within half a minute: ${what}\n${JSON.stringify(answers)}\n${devErrors}`);
}
