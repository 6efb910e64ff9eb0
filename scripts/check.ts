/**
 * Everything that can be said about the code without running it: `pnpm check`. One line a step, the output of what
 * failed, and an exit code. `pnpm check code format` runs these steps only.
 */
import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

interface Step {
  readonly name: string;
  /** Programs with their arguments, one after the other. */
  readonly commands: readonly (readonly [program: string, ...args: string[]])[];
  /** A program that this step can't do without, and that a machine may lack. */
  readonly needs?: string;
}

const root = join(import.meta.dirname, '..');
const bin = (name: string): string => join(root, 'node_modules/.bin', name);
const script = (name: string, ...args: string[]): readonly [string, ...string[]] => [
  process.execPath,
  '--conditions=source',
  join(root, 'scripts', name),
  ...args,
];

/** The longest first, so that none of them is alone at the end. */
const steps: readonly Step[] = [
  {
    // One after the other: the lint asks the type checker about packages as they were built, and the reference is made
    // of what was built.
    name: 'code',
    commands: [
      [bin('tsc'), '-b'],
      script('generate-api-reference.ts', '--check'),
      [bin('tsc'), '-p', 'tsconfig.test.json'],
      [bin('oxlint'), '--type-aware', '--deny-warnings', '.'],
    ],
  },
  { name: 'unused', commands: [[bin('knip')]] },
  { name: 'schemas', commands: [script('generate-schemas.ts', '--check')], needs: 'go' },
  { name: 'protobuf', commands: [script('generate-protobuf.ts', '--check')], needs: 'go' },
  { name: 'manifests', commands: [script('generate-manifests.ts', '--check')] },
  { name: 'format', commands: [[bin('oxfmt'), '--check', '.']] },
  { name: 'links', commands: [script('check-links.ts')] },
];

interface Outcome {
  readonly isPassed: boolean;
  readonly note: string;
  readonly output: string;
}

async function run(step: Step): Promise<Outcome> {
  if (step.needs !== undefined && spawnSync(step.needs, ['version']).error !== undefined) {
    return { isPassed: true, note: `NOT COMPARED, because ${step.needs} is not installed`, output: '' };
  }
  let omitted = '';
  const startMs = performance.now();
  const time = (): string => `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
  for (const [program, ...args] of step.commands) {
    const { code, output } = await execute(program, args);
    if (code !== 0) return { isPassed: false, note: `FAILED after ${time()}`, output };
    omitted +=
      output
        .match(/^NOT COMPARED.*$/gm)
        ?.map((line) => `; ${line}`)
        .join('') ?? '';
  }
  return { isPassed: true, note: `ok, ${time()}${omitted}`, output: '' };
}

function execute(program: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => {
      resolve({ code: null, output: `${program}: ${error.message}\n` });
    });
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}

/** Takes steps until none is left. */
async function work(waiting: Step[], failed: Map<string, string>): Promise<void> {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const { isPassed, note, output } = await run(step);
    process.stdout.write(`${step.name.padEnd(10)} ${note}\n`);
    if (!isPassed) failed.set(step.name, output);
  }
}

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => steps.every((step) => step.name !== name));
if (unknown.length > 0) {
  process.stderr.write(
    `no step is called ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}
const waiting = steps.filter(({ name }) => chosen.length === 0 || chosen.includes(name));
const failed = new Map<string, string>();
await Promise.all(Array.from({ length: availableParallelism() }, () => work(waiting, failed)));
for (const [name, output] of failed) process.stdout.write(`\n--- ${name}\n${output.trimEnd()}\n`);
process.exitCode = failed.size === 0 ? 0 : 1;
