import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { processEnv } from '@canaryop/reconcile/env';

import { startApiServer, type ListeningApiServer, type ListenOptions, type RequestRecord } from '../../src/index.ts';

/** What one kubectl call came to. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A listening server, and the machine's kubectl pointed at it. */
export class KubectlSession {
  readonly server: ListeningApiServer;
  readonly records: RequestRecord[];
  readonly folder: string;

  private constructor(server: ListeningApiServer, records: RequestRecord[], folder: string) {
    this.server = server;
    this.records = records;
    this.folder = folder;
    this.file('kubeconfig', server.kubeconfig);
  }

  static async start(options: Partial<ListenOptions> = {}): Promise<KubectlSession> {
    const records: RequestRecord[] = [];
    const server = await startApiServer({ env: processEnv(), onRequest: (record) => records.push(record), ...options });
    return new KubectlSession(server, records, mkdtempSync(join(tmpdir(), 'simkube-')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Writes a file into the session's folder and returns its path. */
  file(name: string, content: string | readonly object[], options: { executable?: boolean } = {}): string {
    const path = join(this.folder, name);
    const text = typeof content === 'string' ? content : content.map((each) => JSON.stringify(each)).join('\n');
    writeFileSync(path, text, { mode: options.executable === true ? 0o755 : 0o644 });
    return path;
  }

  /** Runs kubectl; its arguments are separated by spaces, except where they are given as a list. */
  run(
    command: string | readonly string[],
    options: { stdin?: string; env?: Record<string, string> } = {},
  ): Promise<Run> {
    const args = typeof command === 'string' ? command.split(' ') : command;
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      KUBECONFIG: join(this.folder, 'kubeconfig'),
      ...options.env,
    };
    return new Promise((resolve) => {
      const child = execFile('kubectl', args, { env, timeout: 15_000 }, (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : 0;
        resolve({ code: error === null ? 0 : code || 1, stdout, stderr });
      });
      child.stdin?.end(options.stdin ?? '');
    });
  }

  /** Runs kubectl and returns what it printed; anything but success is an error that shows why. */
  async ok(
    command: string | readonly string[],
    options: { stdin?: string; env?: Record<string, string> } = {},
  ): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, options);
    if (code !== 0) throw new Error(`kubectl ${String(command)} exited with ${code}: ${stderr}${stdout}`);
    return stdout.trim();
  }

  /** Runs kubectl and returns its complaint; success is an error. */
  async fails(
    command: string | readonly string[],
    options: { stdin?: string; env?: Record<string, string> } = {},
  ): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, options);
    if (code === 0) throw new Error(`kubectl ${String(command)} was meant to fail and printed ${stdout}`);
    return stderr.trim();
  }
}
