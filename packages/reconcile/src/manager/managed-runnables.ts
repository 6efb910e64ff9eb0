import type { ControllerDefinition } from '../controller/builder.ts';
import type { Controller } from '../controller/controller.ts';
import type { Env } from '../env/env.ts';
import { ReloadableController } from './reloadable-controller.ts';
import type { RunnableGroup } from './runnable-group.ts';
import type { Runnable } from './runnable.ts';

/** What it takes to run what is added. */
export interface ManagedRunnablesOptions {
  readonly env: Pick<Env, 'timers' | 'log'>;
  /** After this long, what a replaced controller still has in work is told to stop. */
  readonly drainMs: number;
  /** With shards there is no one leader, and nothing but controllers can be for it. */
  readonly isSharded: boolean;
  readonly build: (definition: ControllerDefinition) => Controller;
}

/** What a manager runs, on every replica or as the leader. Its controllers can be exchanged while it does. */
export class ManagedRunnables {
  readonly #options: ManagedRunnablesOptions;
  readonly #declared: ControllerDefinition[] = [];
  #all: readonly Runnable[] = [];
  /** Where what comes later is started; undefined while nothing of that sort runs here. */
  #everywhere: RunnableGroup | undefined;
  #leading: RunnableGroup | undefined;

  constructor(options: ManagedRunnablesOptions) {
    this.#options = options;
  }

  /** The controllers that were added, as they were declared. */
  get declared(): readonly ControllerDefinition[] {
    return this.#declared;
  }

  /** Throws for a name that is there already, and for what is for the one leader where there are several. */
  add(what: ControllerDefinition | Runnable): void {
    if (this.#all.some(({ name }) => name === what.name))
      throw new Error(`there is a runnable ${what.name} already; names label metrics, so each is used once`);
    if (!('reconcile' in what) && what.needsLeaderElection !== false && this.#options.isSharded)
      throw new Error(
        `${what.name} is for the one leader, and with sharding there are several: ` +
          'let it run on every replica (needsLeaderElection: false), or make it a controller',
      );
    this.#all = [...this.#all, 'reconcile' in what ? this.#reloadable(this.#options.build(what)) : what];
    if ('reconcile' in what) this.#declared.push(what);
  }

  /** Starts what runs on every replica. */
  startEverywhere(group: RunnableGroup): void {
    this.#everywhere = group;
    for (const runnable of this.#all) if (runnable.needsLeaderElection === false) group.start(runnable);
  }

  /** Starts what only the leader runs. */
  startLeading(group: RunnableGroup): void {
    this.#leading = group;
    for (const runnable of this.#all) if (runnable.needsLeaderElection !== false) group.start(runnable);
  }

  /** From now on what is reloaded waits for the next time that this process leads. */
  endLeading(): void {
    this.#leading = undefined;
  }

  /** See `Manager.reload`. All are built before anything is changed. */
  async reload(definitions: readonly ControllerDefinition[]): Promise<void> {
    const former = this.#all.filter((runnable) => runnable instanceof ReloadableController);
    const built = definitions.map((definition) => this.#options.build(definition));
    const successorOf = ({ name, needsLeaderElection }: ReloadableController): Controller | undefined =>
      built.find((controller) => controller.name === name && controller.needsLeaderElection === needsLeaderElection);
    const kept = new Set(former.map(successorOf));
    const gone = new Set<Runnable>(former.filter((runnable) => successorOf(runnable) === undefined));
    const added = built.filter((controller) => !kept.has(controller)).map((controller) => this.#reloadable(controller));
    this.#all = [...this.#all.filter((runnable) => !gone.has(runnable)), ...added];
    await Promise.all(
      former.map((runnable) => {
        const next = successorOf(runnable);
        return next === undefined ? runnable.remove() : runnable.replace(next);
      }),
    );
    for (const runnable of added) (runnable.needsLeaderElection ? this.#leading : this.#everywhere)?.start(runnable);
  }

  #reloadable(controller: Controller): ReloadableController {
    return new ReloadableController(controller, this.#options.env, this.#options.drainMs);
  }
}
