import { isDeepStrictEqual } from 'node:util';

import { isApiError, NoAnswerError } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';

import { problemText } from '../describe/describe-answer.ts';
import { loadDescription } from '../describe/load-description.ts';
import type { OperatorDescription } from '../manifests/operator-description.ts';
import { UsageError } from '../usage-error.ts';
import type { DevCluster } from './dev-cluster.ts';
import { OperatorProcess } from './operator-process.ts';

/** What came of a change of the source. */
export type Reload =
  /** New controllers work in the same process, from the same memory. */
  | { readonly outcome: 'swapped' }
  /** A new process works, and why; or has ended before it did, which `onEnd` was told. */
  | { readonly outcome: 'restarted' | 'ended'; readonly because: string }
  /** The operator works as before, and why. */
  | { readonly outcome: 'refused'; readonly problem: string }
  /** The operator does not come from what changed. */
  | { readonly outcome: 'unaffected' };

/** What running an operator needs. */
export interface RunningOperatorOptions {
  readonly root: string;
  readonly cluster: DevCluster;
  /** Further arguments of src/main.ts. */
  readonly args: readonly string[];
  readonly onEnd: (code: number | null) => void;
}

/** An operator and its cluster, which both follow the source. */
export class RunningOperator {
  readonly #env: Env;
  readonly #options: RunningOperatorOptions;
  readonly #process: { current: OperatorProcess; description: OperatorDescription };
  #isStopping = false;

  private constructor(env: Env, options: RunningOperatorOptions, description: OperatorDescription) {
    this.#env = env;
    this.#options = options;
    this.#process = { current: this.#start(), description };
  }

  /** Installs what it needs and starts it. Throws `UsageError` when it cannot be loaded, or is refused. */
  static async start(env: Env, options: RunningOperatorOptions): Promise<RunningOperator> {
    const { root, cluster } = options;
    const description = await loadDescription(root, cluster.webhookPlace);
    await install(cluster, description);
    const operator = new RunningOperator(env, options, description);
    await operator.#process.current.begun;
    return operator;
  }

  /** Brings the cluster up to the source as it is now, then the operator: by new controllers, or else by a new process. */
  async reload(paths: readonly string[]): Promise<Reload> {
    try {
      return await this.#reload(paths);
    } catch (error) {
      if (error instanceof UsageError) return { outcome: 'refused', problem: error.message };
      throw error;
    }
  }

  stop(): Promise<void> {
    this.#isStopping = true;
    return this.#process.current.stop();
  }

  async #reload(paths: readonly string[]): Promise<Reload> {
    const { root, cluster } = this.#options;
    const loaded = await this.#process.current.load(paths, cluster.webhookPlace);
    if ('unaffected' in loaded) return { outcome: 'unaffected' };
    if ('problem' in loaded) return { outcome: 'refused', problem: problemText(loaded) };
    const description =
      'description' in loaded ? loaded.description : await loadDescription(root, cluster.webhookPlace);
    await install(cluster, description);
    const because = loaded.restart ?? changedKind(this.#process.description, description);
    const swapped = because === undefined ? await this.#process.current.swap() : { restart: because };
    if ('problem' in swapped) return { outcome: 'refused', problem: swapped.problem };
    this.#process.description = description;
    if (!('restart' in swapped)) return { outcome: 'swapped' };
    await this.#process.current.stop();
    if (this.#isStopping) return { outcome: 'unaffected' };
    this.#process.current = this.#start();
    const outcome = (await this.#process.current.begun) ? 'restarted' : 'ended';
    return { outcome, because: swapped.restart };
  }

  #start(): OperatorProcess {
    const { root, cluster, args, onEnd } = this.#options;
    return OperatorProcess.start(this.#env, {
      root,
      variables: cluster.variables,
      args: [...cluster.args, ...args],
      onEnd,
    });
  }
}

/** What is in memory was read by the definition as it was: without new defaults, and with fields that are gone. */
function changedKind(former: OperatorDescription, next: OperatorDescription): string | undefined {
  const changed = next.kinds.find(({ group, plural, crd }) => {
    const before = former.kinds.find((each) => each.group === group && each.plural === plural);
    return before !== undefined && !isDeepStrictEqual(before.crd, crd);
  });
  return changed === undefined ? undefined : `the definition of ${changed.kind} is another now`;
}

async function install(cluster: DevCluster, description: OperatorDescription): Promise<void> {
  try {
    await cluster.install(description);
  } catch (error) {
    if (!isApiError(error) && !(error instanceof NoAnswerError)) throw error;
    throw new UsageError(`${cluster.title}: ${error.message}`);
  }
}
