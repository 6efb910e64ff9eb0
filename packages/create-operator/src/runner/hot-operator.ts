import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { ManagerStart } from '@canaryop/reconcile/manager';

import { loadProblem } from '../describe/describe-answer.ts';
import { declaredOperator, describeOperator } from '../manifests/operator-description.ts';
import { operatorFile } from '../plan/plan-api.ts';
import type { LoadAnswer, RunnerRequest, SwapAnswer } from './messages.ts';
import type { ModuleGraph } from './module-graph.ts';
import { swapObstacle } from './swap-obstacle.ts';

type Exports = Readonly<Record<string, unknown>>;

/** What the process of an operator needs, in order to exchange its controllers. */
export interface HotOperatorOptions {
  readonly root: string;
  /** URL of src/operator.ts. */
  readonly operator: string;
  readonly graph: ModuleGraph;
  /** Node's, through the hook that gives files their newest URLs. */
  readonly importModule: (url: string) => Promise<Exports>;
}

/** The operator of this process: its manager, and the module by which that works. */
export class HotOperator {
  readonly #options: HotOperatorOptions;
  readonly #starts: ManagerStart[] = [];
  /** The module that src/main.ts has, and the one whose controllers work. */
  #first: Promise<Exports> | undefined;
  #working: Promise<Exports> | undefined;
  #loaded: Exports | undefined;

  constructor(options: HotOperatorOptions) {
    this.#options = options;
  }

  /** Told of each manager of the process when it starts. */
  begins(start: ManagerStart): void {
    this.#starts.push(start);
    const { graph, operator, importModule } = this.#options;
    if (!graph.has(operator)) return;
    this.#first ??= importModule(operator);
    this.#working ??= this.#first;
  }

  /** Imports what is new because of changed files. The operator works as before. */
  async load({ load, place }: Extract<RunnerRequest, { readonly load: unknown }>): Promise<LoadAnswer> {
    const { graph, operator, importModule, root } = this.#options;
    try {
      const obstacle = this.#obstacle(await this.#first);
      const working = await this.#working;
      if (obstacle !== undefined || working === undefined) return { restart: obstacle ?? 'nothing works yet' };
      const change = graph.change(load.map((path) => pathToFileURL(path).href).filter((file) => isThere(file, graph)));
      if (change === 'none') return { unaffected: true };
      if (change !== 'operator') {
        const path = relative(root, fileURLToPath(change.file));
        const why =
          change.readBy === 'main' ? 'is read at the start' : 'is no module, so that anybody may have read it';
        return { restart: `${path} ${why}` };
      }
      this.#loaded = undefined;
      const next = await importModule(operator);
      const description = describeOperator(next, place);
      const restart = swapObstacle(working, next);
      this.#loaded = next;
      return { description, ...(restart === undefined ? {} : { restart }) };
    } catch (error) {
      return loadProblem(error);
    }
  }

  /** Lets the controllers that were loaded last work. */
  async swap(): Promise<SwapAnswer> {
    const [start] = this.#starts;
    const next = this.#loaded;
    if (start === undefined || next === undefined) return { restart: 'nothing is loaded' };
    try {
      await start.manager.reload(declaredOperator(next).controllers);
    } catch (error) {
      return loadProblem(error);
    }
    this.#working = Promise.resolve(next);
    return { swapped: true };
  }

  /** Why this process cannot be told of anything new, however it changes. */
  #obstacle(first: Exports | undefined): string | undefined {
    const [start, ...others] = this.#starts;
    if (start === undefined) return 'no manager has started yet';
    if (others.length > 0) return 'src/main.ts runs several managers';
    if (first === undefined) return `src/main.ts does not import ${operatorFile}`;
    const { controllers } = declaredOperator(first);
    const isSame = start.controllers.length === controllers.length;
    return isSame && controllers.every((each) => start.controllers.includes(each))
      ? undefined
      : `src/main.ts runs other controllers than ${operatorFile} lists`;
  }
}

/** Editors leave nothing behind but what they mean, and folders are told of by their files. */
function isThere(file: string, graph: ModuleGraph): boolean {
  return graph.has(file) || (statSync(fileURLToPath(file), { throwIfNoEntry: false })?.isFile() ?? false);
}
