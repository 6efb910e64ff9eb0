import type { Lister } from '@canaryop/reconcile/cache';
import { connectionOf, isApiError } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';
import { keyOf, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import type { DueEvent } from './due-event.ts';
import { HandlerSlots } from './handler-slots.ts';
import { operatorEnv } from './operator-env.ts';
import type { OperatorOptions } from './operator-options.ts';
import {
  OriginalOperator,
  ResourceEventType,
  ResourceMetaImpl,
  type OperatorLogger,
  type ResourceEvent,
  type ResourceMeta,
} from './original.ts';
import type { ResourceWriter } from './resource-writer.ts';
import { Watches } from './watches.ts';

/** What is known of a `meta` that a handler was given: the object, and the event that it came with. */
interface Shown {
  readonly kind: ResourceKind;
  readonly object: KubernetesObject;
  readonly lister: Lister<KubernetesObject>;
  readonly writer: ResourceWriter;
  /** A write that failed for a reason that may pass, for all that was shown with one event. */
  readonly failure: { error?: unknown };
}

/** What a write needs to know of a resource. */
type Resource = Pick<Shown, 'kind' | 'lister' | 'writer'>;

const eventTypes: Readonly<Record<DueEvent['type'], ResourceEventType>> = {
  ADDED: ResourceEventType.Added,
  MODIFIED: ResourceEventType.Modified,
  DELETED: ResourceEventType.Deleted,
};

/** Refusals that stay the same until the object changes, or is another. Then there is an event for that. */
const finalStatuses: readonly number[] = [400, 404, 409, 422];

/**
 * The original's base class of operators, on informers and a queue that retries: no event is lost, and nothing that the
 * API server does ends the process. Its methods are those of the original, with the same arguments and results.
 */
export abstract class Operator extends OriginalOperator {
  readonly #connection: OperatorOptions['connection'];
  readonly #env: Env;
  readonly #slots: HandlerSlots;
  readonly #resources = new Map<string, Resource>();
  readonly #shown = new WeakMap<ResourceMeta, Shown>();
  #watches: Watches | undefined;

  constructor(logger?: OperatorLogger, options: OperatorOptions = {}) {
    super(logger);
    this.#connection = options.connection;
    this.#env = operatorEnv(this.logger, options.env);
    this.#slots = new HandlerSlots(options.concurrency ?? 1);
  }

  /** Ends all watches. Handlers that run go on; none is begun any more. */
  override stop(): void {
    this.#watches?.stop().catch((error: unknown) => this.#log('stop', error));
  }

  /**
   * Watches a resource, for ever: `onEvent` hears of everything that is there, of each change, and of each deletion of
   * what it has heard of. One event at a time; when `onEvent` rejects, it is told again later, with the newest state.
   */
  protected override watchResource(
    group: string,
    version: string,
    plural: string,
    // One more than our own functions may have: the parameters are the original's.
    ...[onEvent, namespace]: [onEvent: (event: ResourceEvent) => Promise<void>, namespace?: string]
  ): Promise<void> {
    const id = `${plural}.${group === '' ? version : `${group}/${version}`}`;
    const watches = this.#running();
    watches.add({
      group,
      version,
      plural,
      id,
      namespace: namespace === '' ? undefined : namespace,
      handle: (event, kind, lister) => {
        const resource = { kind, lister, writer: watches.writer };
        this.#resources.set(id, resource);
        return this.#handle(event, { plural, ...resource }, onEvent);
      },
    });
    this.logger.info(`watching resource ${id}`);
    return Promise.resolve();
  }

  /** Sets the whole status. Null when it could not; where that may pass, the event is told again. */
  protected override setResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta | null> {
    return this.#writeStatus('PUT', meta, status);
  }

  /** Changes the status by a JSON merge patch. Null when it could not; where that may pass, the event is told again. */
  protected override patchResourceStatus(meta: ResourceMeta, status: unknown): Promise<ResourceMeta | null> {
    return this.#writeStatus('PATCH', meta, status);
  }

  /** Sets the finalizers, leaving alone those that others have added since the event. */
  protected override async setResourceFinalizers(meta: ResourceMeta, finalizers: string[]): Promise<void> {
    const { kind, lister, writer } = this.#resourceOf(meta);
    const known = this.#shown.get(meta)?.object;
    try {
      await writer.writeFinalizers({ kind, meta, known }, lister.get(keyOf({ metadata: meta })), finalizers);
    } catch (error) {
      this.#fail(meta, `set finalizers of ${meta.id} ${meta.name}`, error);
    }
  }

  /** Tells the handler, and rejects when it, or a write of its, failed. */
  async #handle(
    { type, object }: DueEvent,
    { plural, ...resource }: Resource & { readonly plural: string },
    onEvent: (event: ResourceEvent) => Promise<void>,
  ): Promise<void> {
    // Handlers may change what they are given: the original itself does.
    const copy = received(structuredClone(object));
    const meta = ResourceMetaImpl.createWithPlural(plural, copy);
    const failure: Shown['failure'] = {};
    this.#shown.set(meta, { ...resource, object, failure });
    await onEvent({ meta, type: eventTypes[type], object: copy });
    if (failure.error !== undefined) throw failure.error;
  }

  async #writeStatus(method: 'PUT' | 'PATCH', meta: ResourceMeta, status: unknown): Promise<ResourceMeta | null> {
    const { kind, writer } = this.#resourceOf(meta);
    const shown = this.#shown.get(meta);
    try {
      const object = await writer.writeStatus(method, { kind, meta, known: shown?.object }, status);
      const written = ResourceMetaImpl.createWithId(meta.id, received(object));
      if (shown !== undefined) this.#shown.set(written, { ...shown, object });
      return written;
    } catch (error) {
      this.#fail(meta, `write status of ${meta.id} ${meta.name}`, error);
      return null;
    }
  }

  #fail(meta: ResourceMeta, action: string, error: unknown): void {
    this.#log(action, error);
    const isFinal = isApiError(error) && finalStatuses.includes(error.status);
    const shown = this.#shown.get(meta);
    if (shown !== undefined && !isFinal) shown.failure.error = error;
  }

  #log(action: string, error: unknown): void {
    this.logger.error(`${action}: ${error instanceof Error ? error.message : String(error)}`);
  }

  #resourceOf(meta: ResourceMeta): Resource {
    const known = this.#shown.get(meta) ?? this.#resources.get(meta.id);
    if (known === undefined)
      throw new Error(`${meta.id} is not watched: take the meta of an event, or call watchResource first`);
    return known;
  }

  #running(): Watches {
    // An operator that was stopped can be started again.
    if (this.#watches === undefined || this.#watches.isStopped)
      this.#watches = new Watches({
        env: this.#env,
        slots: this.#slots,
        connection: this.#connection ?? connectionOf(this.#env, this.kubeConfig).connection,
        isConnectionOwn: this.#connection === undefined,
      });
    return this.#watches;
  }
}

/** The original's type for what the server sent, which promises a Date where JSON has a text. */
function received(object: KubernetesObject): ResourceEvent['object'] {
  return object as unknown as ResourceEvent['object'];
}
