import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { transformSync } from 'esbuild';

/** Whose `Operator` a program extends. */
export type Implementation = '@dot-i/k8s-operator' | '@canaryop/k8s-operator';

export const implementations: readonly Implementation[] = ['@dot-i/k8s-operator', '@canaryop/k8s-operator'];

const packageFolder = join(import.meta.dirname, '../..');

/** A program of `test/programs` as text, extending the implementation's `Operator`. */
export function programText(program: string, implementation: Implementation): string {
  const text = readFileSync(join(packageFolder, 'test/programs', `${program}.ts`), 'utf8');
  return text.replace(`from '@canaryop/k8s-operator'`, `from '${implementation}'`);
}

/** An operator as a process of its own, as the original's have to be tested, for they may exit. */
export interface OperatorProcess {
  /** The JSON lines that it has printed. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly errors: readonly string[];
  /** Undefined while it runs. */
  readonly exitCode: number | undefined;
  /** Ends it, if it runs. */
  stop(): Promise<void>;
}

/** Starts a program, compiled to CommonJS as the original's users do it, on the cluster of a kubeconfig. */
export function startOperator(options: {
  readonly program: string;
  readonly implementation: Implementation;
  readonly kubeconfig: string;
  readonly environment?: Readonly<Record<string, string>>;
}): OperatorProcess {
  const folder = mkdtempSync(join(tmpdir(), 'k8s-operator-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, options.kubeconfig);
  const { code } = transformSync(programText(options.program, options.implementation), { format: 'cjs', loader: 'ts' });
  const child = spawn(process.execPath, ['--conditions=source', '--no-deprecation', '--input-type=commonjs', '-'], {
    cwd: packageFolder,
    env: { ...process.env, ...options.environment, KUBECONFIG: kubeconfig },
  });
  const lines: Readonly<Record<string, unknown>>[] = [];
  const errors: string[] = [];
  let exitCode: number | undefined;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>));
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => errors.push(chunk));
  const ended = new Promise<void>((resolve) => {
    child.on('close', (status) => {
      exitCode = status ?? -1;
      rmSync(folder, { recursive: true, force: true });
      resolve();
    });
  });
  child.stdin.end(code);
  return {
    lines,
    errors,
    get exitCode() {
      return exitCode;
    },
    stop: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}
