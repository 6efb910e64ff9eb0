import type { Logger } from '../env/logger.ts';
import type { FieldPath } from '../object/field-manager.ts';
import type { KubernetesObject } from '../object/object.ts';
import { matchesFields, parseFieldSelector, type FieldRequirement } from '../object/field-selector.ts';
import { matchesLabels, parseLabelSelector, type LabelRequirement } from '../object/label-selector.ts';
import { groupResourceOf, type ResourceKind } from '../object/resource-kind.ts';
import type { ApiRequestContext } from '../client/api-request.ts';
import type { ObservedWrite } from '../client/observed-write.ts';
import type { Informer, InformerProblem, Lister, ObjectChange } from './cache.ts';
import type { IndexFunction } from './indexer.ts';
import { prepareObject, type PrepareObject } from './prepare-object.ts';
import type { ReconnectBudget } from './reconnect-budget.ts';
import { Reflector, type ReflectorSink, type WatchScope } from './reflector.ts';
import { Store } from './store.ts';
import type { ChangeType } from './watch-event.ts';

/** What an informer is made of. */
export interface SharedInformerOptions<T extends KubernetesObject> {
  readonly context: ApiRequestContext;
  readonly kind: ResourceKind<T>;
  readonly scope: WatchScope;
  readonly fieldManager: string;
  readonly transform: ((object: T) => T) | undefined;
  readonly managersOf: readonly FieldPath[] | undefined;
  readonly idleTimeoutMs: number;
  readonly streamingLists: boolean;
  readonly reconnects: ReconnectBudget;
}

type Handler<T extends KubernetesObject> = (change: ObjectChange<T>) => void;

/** One kind in one scope: a reflector that fills a store, and handlers that hear of each change. */
export class SharedInformer<T extends KubernetesObject> implements Informer<T> {
  readonly kind: ResourceKind<T>;
  readonly scope: WatchScope;
  readonly transform: ((object: T) => T) | undefined;
  readonly managersOf: readonly FieldPath[] | undefined;
  readonly #store = new Store<T>();
  readonly #handlers = new Set<Handler<T>>();
  readonly #reflector: Reflector<T>;
  readonly #prepare: PrepareObject<T>;
  readonly #labels: readonly LabelRequirement[];
  readonly #fields: readonly FieldRequirement[];
  readonly #indexes = new Map<string, IndexFunction<T>>();
  readonly #log: Logger;
  readonly #onSync = new Set<() => void>();
  #hasSynced = false;
  #problem: InformerProblem | undefined;

  constructor(options: SharedInformerOptions<T>) {
    this.kind = options.kind;
    this.scope = options.scope;
    this.transform = options.transform;
    this.managersOf = options.managersOf;
    this.#log = options.context.env.log.with({ resource: groupResourceOf(options.kind) });
    this.#prepare = prepareObject({
      kind: options.kind,
      fieldManager: options.fieldManager,
      managersOf: options.managersOf,
      transform: options.transform,
      onError: (error) => this.#report('a transform threw, its object is kept whole', error),
    });
    this.#labels = parseLabelSelector(options.scope.labelSelector ?? '');
    this.#fields = parseFieldSelector(options.scope.fieldSelector ?? '');
    this.#reflector = new Reflector({ ...options, sink: this.#sink() });
  }

  get lister(): Lister<T> {
    return this.#store.view;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get problem(): InformerProblem | undefined {
    return this.#problem;
  }

  /** How many of our own writes are shown ahead of the watch. */
  get pendingWrites(): number {
    return this.#store.pendingWrites;
  }

  onChange(handler: Handler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#store.watchedObjects()) {
      this.#call(handler, { type: 'added', object, isInitialList: true });
    }
    return () => {
      this.#handlers.delete(handler);
    };
  }

  /** Declares an index. Throws when the name means another function already. An object that it throws for is not in it. */
  addIndex(name: string, of: IndexFunction<T>): void {
    const declared = this.#indexes.get(name);
    if (declared === of) return;
    if (declared !== undefined)
      throw new Error(`index ${JSON.stringify(name)} is declared already, with another function`);
    this.#indexes.set(name, of);
    this.#store.view.addIndex(name, (object) => {
      try {
        return of(object);
      } catch (error) {
        this.#report(`index ${name} threw`, error);
        return [];
      }
    });
  }

  /** Calls `listener` once the first list is in memory; at once if it is. */
  onSynced(listener: () => void): () => void {
    if (this.#hasSynced) listener();
    else this.#onSync.add(listener);
    return () => {
      this.#onSync.delete(listener);
    };
  }

  /** Runs until `signal` aborts. Once only. */
  run(signal: AbortSignal): Promise<void> {
    return this.#reflector.run(signal);
  }

  /** Lays an answered write of this kind over what the watch has delivered, if it is within the scope. */
  observe(write: ObservedWrite): void {
    if (write.type === 'deleted') {
      if (this.#isInNamespace(write.key.namespace)) {
        this.#store.observeDeleted(write.key, write.uid, write.resourceVersion);
      }
      return;
    }
    const { labels, namespace } = write.object.metadata;
    if (!this.#isInNamespace(namespace)) return;
    const object = write.object as T;
    this.#store.observeWritten(
      this.#store.known(object) ?? this.#prepare(object),
      matchesLabels(this.#labels, labels) && matchesFields(this.#fields, write.object),
    );
  }

  #isInNamespace(namespace: string | undefined): boolean {
    return this.scope.namespace === undefined || this.scope.namespace === namespace;
  }

  #sink(): ReflectorSink<T> {
    return {
      prepare: (object) => this.#store.known(object) ?? this.#prepare(object),
      replace: (objects, version) => {
        this.#announce(this.#store.replace(objects, version));
        this.#hasSynced = true;
        for (const listener of this.#onSync) listener();
        this.#onSync.clear();
      },
      change: (type: ChangeType, object) => {
        const prepared = this.#store.known(object) ?? this.#prepare(object);
        this.#announce(this.#store.change(type, prepared));
      },
      restart: () => {
        this.#log.warn(
          'the server has gone back to an older state for good, as after a restored backup; reading all anew',
        );
        this.#store.restart();
      },
      bookmark: (version) => {
        this.#store.bookmark(version);
      },
      problem: (problem) => {
        this.#problem = problem;
        if (problem === undefined) this.#log.info('cache is up to date again');
        else this.#log.warn('cache is not being kept up to date', { reason: problem.reason, problem: problem.message });
      },
    };
  }

  #announce(changes: readonly ObjectChange<T>[]): void {
    for (const change of changes) {
      for (const handler of this.#handlers) this.#call(handler, change);
    }
  }

  #call(handler: Handler<T>, change: ObjectChange<T>): void {
    try {
      handler(change);
    } catch (error) {
      this.#report('an informer handler threw', error);
    }
  }

  /** User code that is called per object must not stop the watch. */
  #report(message: string, error: unknown): void {
    this.#log.error(message, { error: error instanceof Error ? error.message : String(error) });
  }
}
