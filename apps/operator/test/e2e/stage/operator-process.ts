import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { uuid } from '@canaryop/reconcile/env';
import { startGuard, startProcess, type ManagedProcess, type ProcessScope } from '@canaryop/testkit/control-plane';

import { only, readManifests } from '../../manifests/manifest-files.ts';
import type { WorldAddress } from '../world/world-address.ts';
import { env } from './env.ts';
import { until } from './until.ts';

/** The address in prometheusURL, for which `--resolve` names another. */
export const prometheusHost = 'prometheus.istio-system.svc:9090';

/** The container of config/manager, except for its ports: free ones here. */
const manager = only(readManifests('config/install.yaml'), 'Deployment', 'canaryop-controller-manager').spec as {
  readonly template: {
    readonly spec: {
      readonly containers: readonly [
        {
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value: string }[];
        },
      ];
    };
  };
};
const [container] = manager.template.spec.containers;

/** The arguments that it is installed with. */
export const installedArgs = container.args.map((arg) => arg.replace(/=:\d+$/, '=127.0.0.1:0'));

/** What a process is started with. */
export interface OperatorOptions {
  /** @default those of the installation */
  readonly args?: readonly string[];
  /** @default the ServiceAccount's */
  readonly kubeconfig?: string;
  /** Arguments of Node in place of the bundle. */
  readonly program?: readonly string[];
}

/** One line of the operator's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Processes of the operator that end with the test file, however that ends. */
export class Operators {
  readonly #world: WorldAddress;
  #scope: Promise<ProcessScope> | undefined;
  readonly #started: OperatorProcess[] = [];

  constructor(world: WorldAddress) {
    this.#world = world;
  }

  /** Starts one. It may take a while to lead: `until` it does. */
  async start(options: OperatorOptions = {}): Promise<OperatorProcess> {
    const scope = await (this.#scope ??= newScope());
    const { args = installedArgs, kubeconfig = this.#world.operatorKubeconfig } = options;
    const program = options.program ?? [join(this.#world.bundle, 'canaryop.mjs')];
    const name = `operator-${uuid(env.random).slice(0, 8)}`;
    const variables = Object.fromEntries(container.env.map((variable) => [variable.name, variable.value]));
    const flags = [...args, `--resolve=${prometheusHost}=${this.#world.prometheus}`];
    const process = await startProcess(scope, {
      name,
      program: globalThis.process.execPath,
      args: [...program, ...flags],
      variables: { ...variables, KUBECONFIG: kubeconfig, HOSTNAME: name },
    });
    const operator = new OperatorProcess(process, join(scope.folder, `${name}.log`));
    this.#started.push(operator);
    return operator;
  }

  /** Ends all of them, the leader first giving back its lease. */
  async stop(): Promise<void> {
    for (const operator of this.#started) await operator.terminate();
    await (await this.#scope)?.guard.end();
  }
}

async function newScope(): Promise<ProcessScope> {
  const folder = await mkdtemp(join(tmpdir(), 'canaryop-operators-'));
  return { env, folder, guard: startGuard(folder) };
}

/** The operator as a process of its own. */
export class OperatorProcess {
  readonly #process: ManagedProcess;
  readonly #logFile: string;

  constructor(process: ManagedProcess, logFile: string) {
    this.#process = process;
    this.#logFile = logFile;
  }

  get hasEnded(): boolean {
    return this.#process.hasEnded;
  }

  /** Its lines so far. */
  async lines(): Promise<readonly LogLine[]> {
    const text = await readFile(this.#logFile, 'utf8');
    return text
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** The first line with this message, when it has come. Rejects when the process ends without it. */
  async line(message: string, timeoutMs = 60_000): Promise<LogLine> {
    return until(
      `the operator says ${JSON.stringify(message)}`,
      async () => {
        const found = (await this.lines()).find(({ msg }) => msg === message);
        if (found === undefined && this.hasEnded) throw new Error(`the operator has ended:\n${this.#process.log()}`);
        return found;
      },
      { timeoutMs, state: () => this.#process.log() },
    );
  }

  /** Resident memory as the kernel counts it, in MiB. */
  async residentMiB(): Promise<number> {
    const status = await readFile(`/proc/${this.#process.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    if (!this.hasEnded) await this.#process.kill();
  }

  /** SIGTERM; resolves when it has ended. */
  async terminate(): Promise<void> {
    if (this.hasEnded) return;
    process.kill(this.#process.pid, 'SIGTERM');
    await until('the operator ends after SIGTERM', () => this.hasEnded);
  }
}
