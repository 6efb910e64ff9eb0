import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

import type { ListeningApiServer } from '@canaryop/simkube';

/** The user that distroless images call nonroot. */
const nonroot = 65532;

/** Where a process runs that should be like a pod: a folder that it can't write to. */
export interface PodFolder {
  readonly path: string;
  readonly node: string;
  readonly uid: number | undefined;
  remove(): void;
}

/**
 * A read-only folder with the bundle's files in it. Started by root, it gets a Node of its own too, since a stranger
 * may not be able to enter the folders above ours.
 */
export function podFolder(files: readonly string[]): PodFolder {
  const isRoot = process.getuid?.() === 0;
  const path = mkdtempSync(join(tmpdir(), 'canaryop-pod-'));
  for (const file of files) copyFileSync(file, join(path, basename(file)));
  const node = isRoot ? join(path, 'node') : process.execPath;
  if (isRoot) {
    // By another process: while we write the file, a process that another test starts inherits it, and what is open for
    // writing cannot be run (ETXTBSY).
    execFileSync('cp', ['--reflink=auto', process.execPath, node]);
    chmodSync(node, 0o555);
  }
  chmodSync(path, 0o555);
  return {
    path,
    node,
    uid: isRoot ? nonroot : undefined,
    remove: () => {
      chmodSync(path, 0o755);
      rmSync(path, { recursive: true });
    },
  };
}

/** What a kubelet mounts for a ServiceAccount. */
export function mountServiceAccount(server: ListeningApiServer, namespace: string, name: string): string {
  const path = mkdtempSync(join(tmpdir(), 'canaryop-account-'));
  writeFileSync(join(path, 'token'), server.serviceAccountToken(namespace, name));
  writeFileSync(join(path, 'ca.crt'), server.caPem);
  writeFileSync(join(path, 'namespace'), namespace);
  chmodSync(path, 0o555);
  return path;
}

/** One line of the operator's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The operator as a process of its own. */
export class OperatorProcess {
  readonly lines: LogLine[] = [];
  /** Everything on stderr, and lines that are not JSON. */
  readonly noise: string[] = [];
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;
  readonly #waiting: (() => void)[] = [];

  constructor(folder: PodFolder, options: { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv }) {
    const [script = '', ...args] = options.args;
    const child = spawn(
      folder.node,
      [...(options.env['NODE_ARGS']?.split(' ') ?? []), join(folder.path, script), ...args],
      {
        cwd: folder.path,
        env: { ...options.env, HOME: '/nonexistent', TMPDIR: '/nonexistent' },
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(folder.uid === undefined ? {} : { uid: folder.uid, gid: folder.uid }),
      },
    );
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      child.once('exit', resolve);
      child.once('error', (error) => {
        this.noise.push(String(error));
        resolve(null);
      });
    });
    void this.#exited.then(() => this.#wake());
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line));
    createInterface({ input: child.stderr }).on('line', (line) => this.noise.push(line));
  }

  /** The first line with this message, when it has come. Rejects when the process ends without it. */
  async line(message: string): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find((line) => line.msg === message);
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) {
        throw new Error(`the process has ended without the line ${JSON.stringify(message)}:\n${this.transcript()}`);
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Resident memory as the kernel counts it, in MiB. Linux only. */
  residentMiB(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  /** Resolves when the process has ended. */
  exitCode(): Promise<number | null> {
    return this.#exited;
  }

  /** Sends SIGTERM and resolves to the exit code. */
  async terminate(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#exited;
  }

  transcript(): string {
    return [...this.lines.map((line) => JSON.stringify(line)), ...this.noise].join('\n');
  }

  #take(text: string): void {
    if (text.startsWith('{')) this.lines.push(JSON.parse(text) as LogLine);
    else this.noise.push(text);
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
