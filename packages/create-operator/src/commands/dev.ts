import { join, relative } from 'node:path';

import { processEnv } from '@canaryop/reconcile/env';
import { terminationSignal } from '@canaryop/reconcile/manager';

import type { DevCluster } from '../dev/dev-cluster.ts';
import { existingCluster } from '../dev/existing-cluster.ts';
import { RunningOperator, type Reload } from '../dev/running-operator.ts';
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

/** Runs the operator until it is told to stop, and has it follow each change of its source. */
export async function dev(args: readonly string[], options: DevOptions, io: Io): Promise<void> {
  const env = processEnv();
  const signal = terminationSignal(process, () => process.kill(process.pid, 'SIGKILL'));
  const { project } = await readProject(io.cwd);
  const cluster = await startCluster(options, project.projectName);
  const onEnd = (code: number | null): void => {
    const told = `the operator has ended with ${String(code)}; it starts again when src/ changes`;
    tell(io, options, { ended: true, code }, [told]);
  };
  let operator: RunningOperator | undefined;
  try {
    operator = await RunningOperator.start(env, { root: io.cwd, cluster, args, onEnd });
    signal.addEventListener('abort', () => void operator?.stop());
    const { title, kubeconfig } = cluster;
    tell(io, options, { ready: true, kubeconfig, cluster: title }, greeting(cluster, project.projectName));
    for await (const paths of sourceChanges(env, join(io.cwd, 'src'), signal)) {
      const startedMs = env.clock.monotonic();
      const reload = await operator.reload(paths);
      tellReload(io, options, { reload, paths, tookMs: Math.round(env.clock.monotonic() - startedMs) });
    }
  } finally {
    await operator?.stop();
    await cluster.stop();
  }
}

function tellReload(
  io: Io,
  options: DevOptions,
  { reload, paths, tookMs }: { readonly reload: Reload; readonly paths: readonly string[]; readonly tookMs: number },
): void {
  const names = paths.map((path) => relative(io.cwd, path)).join(', ');
  switch (reload.outcome) {
    case 'unaffected':
    case 'ended':
      return;
    case 'refused':
      tell(io, options, { reloaded: false, problem: reload.problem }, [`not reloaded: ${reload.problem}`]);
      return;
    case 'swapped':
      tell(io, options, { reloaded: true, restarted: false, paths, tookMs }, [
        `reloaded in ${tookMs} ms, because of ${names}`,
      ]);
      return;
    case 'restarted':
      tell(io, options, { reloaded: true, restarted: true, because: reload.because, paths, tookMs }, [
        `started anew in ${tookMs} ms, because of ${names}: ${reload.because}`,
      ]);
  }
}

function startCluster({ kubeconfig, simkube, port }: DevOptions, name: string): Promise<DevCluster> {
  if (kubeconfig === undefined) return startSimulated(port, name);
  if (simkube === true) throw new UsageError('choose one of --simkube and --kubeconfig');
  return existingCluster(processEnv(), kubeconfig === true ? undefined : kubeconfig);
}

async function startSimulated(port: string, name: string): Promise<DevCluster> {
  try {
    return await simulatedDevCluster(processEnv(), portOf(port), name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new UsageError(`--port ${port}: somebody else listens there; choose another, or 0 for a free one`);
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/u.test(text) && port < 65_536) return port;
  throw new UsageError(`--port ${text}: must be a number from 0 to 65535`);
}

function greeting({ title, kubeconfig }: DevCluster, name: string): readonly string[] {
  return [
    `${name} runs on ${title}, and follows each change of src/. In another terminal, in this folder:`,
    '',
    ...(kubeconfig === undefined ? [] : [`  export KUBECONFIG=${kubeconfig}`]),
    '  kubectl apply -k config/samples',
    '',
    'Ctrl-C ends it.',
  ];
}
