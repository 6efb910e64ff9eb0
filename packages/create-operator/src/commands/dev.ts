import { join, relative } from 'node:path';

import { isApiError, NoAnswerError } from '@canaryop/reconcile/client';
import { processEnv } from '@canaryop/reconcile/env';
import { terminationSignal } from '@canaryop/reconcile/manager';

import { loadDescription } from '../describe/load-description.ts';
import type { DevCluster } from '../dev/dev-cluster.ts';
import { existingCluster } from '../dev/existing-cluster.ts';
import { OperatorProcess } from '../dev/operator-process.ts';
import { simulatedDevCluster } from '../dev/simulated-dev-cluster.ts';
import { sourceChanges } from '../dev/source-changes.ts';
import { readProject } from '../files/project-state.ts';
import { UsageError } from '../usage-error.ts';
import { tell, type Io, type OutputOptions } from './io.ts';

/** Flags of `dev`. */
export interface DevOptions extends OutputOptions {
  readonly simkube?: true;
  readonly port: string;
  /** `true` for the current kubeconfig. */
  readonly kubeconfig?: string | true;
}

/** Runs the operator until it is told to stop, and again after each change of its source. */
export async function dev(args: readonly string[], options: DevOptions, io: Io): Promise<void> {
  const env = processEnv();
  const signal = terminationSignal(process, () => process.kill(process.pid, 'SIGKILL'));
  const { project } = await readProject(io.cwd);
  const cluster = await startCluster(options, project.projectName);
  const start = (): OperatorProcess =>
    OperatorProcess.start(env, {
      root: io.cwd,
      variables: cluster.variables,
      args: [...cluster.args, ...args],
      onEnd: (code) => {
        // Ctrl-C reaches it, too.
        if (signal.aborted) return;
        const told = `the operator has ended with ${String(code)}; it starts again when src/ changes`;
        tell(io, options, { ended: true, code }, [told]);
      },
    });
  let operator: OperatorProcess | undefined;
  try {
    const refused = await install(io.cwd, cluster);
    if (refused !== undefined) throw new UsageError(refused);
    operator = start();
    tell(
      io,
      options,
      { ready: true, kubeconfig: cluster.kubeconfig, cluster: cluster.title },
      greeting(cluster, project.projectName),
    );
    for await (const paths of sourceChanges(env, join(io.cwd, 'src'), signal)) {
      const startedMs = env.clock.monotonic();
      const problem = await install(io.cwd, cluster);
      if (problem !== undefined) {
        tell(io, options, { reloaded: false, problem }, [`not reloaded: ${problem}`]);
        continue;
      }
      await operator.stop();
      operator = start();
      const tookMs = Math.round(env.clock.monotonic() - startedMs);
      const names = paths.map((path) => relative(io.cwd, path)).join(', ');
      tell(io, options, { reloaded: true, paths, tookMs }, [`reloaded in ${tookMs} ms, because of ${names}`]);
    }
  } finally {
    await operator?.stop();
    await cluster.stop();
  }
}

function startCluster({ kubeconfig, simkube, port }: DevOptions, name: string): Promise<DevCluster> {
  if (kubeconfig === undefined) return simulatedDevCluster(processEnv(), portOf(port), name);
  if (simkube === true) throw new UsageError('choose one of --simkube and --kubeconfig');
  return existingCluster(processEnv(), kubeconfig === true ? undefined : kubeconfig);
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/u.test(text) && port < 65_536) return port;
  throw new UsageError(`--port ${text}: must be a number from 0 to 65535`);
}

/** Brings the cluster up to the source as it is now. Resolves with what is wrong, when it cannot be loaded or is refused. */
async function install(root: string, cluster: DevCluster): Promise<string | undefined> {
  try {
    await cluster.install(await loadDescription(root, cluster.webhookPlace));
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    if (isApiError(error) || error instanceof NoAnswerError) return `${cluster.title}: ${error.message}`;
    throw error;
  }
}

function greeting({ title, kubeconfig }: DevCluster, name: string): readonly string[] {
  return [
    `${name} runs on ${title}, and again after each change of src/. In another terminal, in this folder:`,
    '',
    ...(kubeconfig === undefined ? [] : [`  export KUBECONFIG=${kubeconfig}`]),
    '  kubectl apply -k config/samples',
    '',
    'Ctrl-C ends it.',
  ];
}
