import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const repository = join(import.meta.dirname, '../../..');

/** What a program that ended printed. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Ready {
  readonly kubeconfig: string;
  readonly ingress: string;
  readonly operatorFlags?: readonly string[];
}

/** `pnpm sandbox --json` as a process, and a shell in the repository's folder with its kubeconfig. */
export class SandboxProcess {
  readonly kubeconfig: string;
  readonly ingress: string;
  /** What an operator beside it has to be run with; none when it has one. */
  readonly operatorFlags: readonly string[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.operatorFlags = ready.operatorFlags ?? [];
    this.kubeconfig = ready.kubeconfig;
    this.ingress = ready.ingress;
  }

  /** Starts one on free ports, and resolves when it says that it is ready. */
  static async start(flags: readonly string[] = []): Promise<SandboxProcess> {
    const child = spawnSandbox(['--json', '--ingress-port', '0', ...flags]);
    for await (const line of createInterface({ input: child.stdout! })) {
      if (line.startsWith('{')) return new SandboxProcess(child, JSON.parse(line));
    }
    throw new Error('the sandbox ended before it was ready');
  }

  /** Runs a command line of the README. Rejects unless it exits with 0. */
  async shell(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(command);
    if (code !== 0) throw new Error(`${command}\nexited with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  run(command: string): Promise<Ended> {
    return runShell(command, { KUBECONFIG: this.kubeconfig });
  }

  /** Asks the ingress, for a host if one is given. */
  ask(path: string, host?: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = host === undefined ? {} : { host };
      get(`${this.ingress}${path}`, { agent: false, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve(`${response.statusCode} ${body}`));
      }).on('error', reject);
    });
  }

  /** Sends a signal and resolves with the exit code. */
  async end(signal: 'SIGTERM' | 'SIGINT'): Promise<number | null> {
    const exited = once(this.#child, 'exit') as Promise<[number | null]>;
    this.#child.kill(signal);
    const [code] = await exited;
    return code;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

/** Runs the sandbox to its end. */
export async function runSandbox(flags: readonly string[]): Promise<Ended> {
  const child = spawnSandbox(flags);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text: Buffer) => (output.stdout += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (output.stderr += text.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...output };
}

function spawnSandbox(flags: readonly string[]): ChildProcess {
  const main = join(import.meta.dirname, '../src/sandbox/main.ts');
  return spawn(process.execPath, ['--conditions=source', main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
}

function runShell(command: string, variables: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: repository, env: { ...process.env, ...variables }, timeout: 20_000 };
    execFile('bash', ['-o', 'pipefail', '-c', command], options, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 1;
      resolve({ code: error === null ? 0 : code, stdout, stderr });
    });
  });
}
