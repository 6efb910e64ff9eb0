import { apiVersionOf, type KubernetesObject, type ObjectKey, type ResourceKind } from '@canaryop/reconcile/object';

import type { ApiCore } from './api-core.ts';
import { admitBody } from './handlers/admit.ts';
import { createObject } from './handlers/create.ts';
import { deleteObject } from './handlers/delete.ts';
import { listObjects } from './handlers/list.ts';
import { existingObject, updateObject } from './handlers/update.ts';
import { watchObjects } from './handlers/watch.ts';
import type { WriteOptions } from './handlers/write-options.ts';
import type { Loopback, LoopbackEvent } from './loopback.ts';
import type { ApiObject } from './object/api-object.ts';
import type { ServedResource } from './registry/served-resource.ts';
import { pageNotFound } from './status/refusals.ts';
import { keyOfNames } from './storage/resource-store.ts';

/** Options of a client inside the simulated cluster. */
export interface LoopbackOptions {
  /** Field manager that its writes are recorded under (default `kube-controller-manager`). */
  readonly manager?: string;
}

/** The synchronous door for what runs inside the simulated cluster. */
export function loopbackClient(core: ApiCore, options: LoopbackOptions = {}): Loopback {
  return new LoopbackClient(core, options.manager ?? 'kube-controller-manager');
}

class LoopbackClient implements Loopback {
  readonly #core: ApiCore;
  readonly #options: WriteOptions;

  constructor(core: ApiCore, manager: string) {
    this.#core = core;
    this.#options = { manager, dryRun: false, fieldValidation: 'Strict', warn: () => undefined };
  }

  get<T extends KubernetesObject>(kind: ResourceKind<T>, key: ObjectKey): T | undefined {
    const resource = this.#resource(kind);
    const found = resource.store.get(keyOfNames(key.namespace, key.name));
    return found === undefined ? undefined : typed(kind, resource, found);
  }

  list<T extends KubernetesObject>(
    kind: ResourceKind<T>,
    options: { namespace?: string; labelSelector?: string } = {},
  ): readonly T[] {
    const resource = this.#resource(kind);
    return listObjects(this.#core, resource, options).items.map((item) => typed(kind, resource, item));
  }

  create<T extends KubernetesObject>(kind: ResourceKind<T>, object: T): T {
    const resource = this.#resource(kind);
    const admitted = admitBody(
      this.#core,
      resource,
      { ...object, apiVersion: apiVersionOf(kind), kind: kind.kind },
      this.#options,
    );
    const stored = createObject(this.#core, resource, {
      namespace: object.metadata.namespace,
      object: admitted,
      options: this.#options,
    });
    return typed(kind, resource, stored);
  }

  update<T extends KubernetesObject>(kind: ResourceKind<T>, object: T): T {
    return this.#update(kind, object, '');
  }

  updateStatus<T extends KubernetesObject>(kind: ResourceKind<T>, object: T): T {
    return this.#update(kind, object, 'status');
  }

  delete(
    kind: ResourceKind,
    key: ObjectKey,
    options: { uid?: string; propagation?: 'Background' | 'Foreground' | 'Orphan'; gracePeriodSeconds?: number } = {},
  ): void {
    deleteObject(this.#core, this.#resource(kind), key, options);
  }

  watch<T extends KubernetesObject>(kind: ResourceKind<T>, listener: (event: LoopbackEvent<T>) => void): () => void {
    const resource = this.#resource(kind);
    return watchObjects(this.#core, resource, {}, (output) => {
      if (output.type === 'BOOKMARK') return;
      try {
        listener({ type: output.type, object: typed(kind, resource, output.object) });
      } catch (error) {
        this.#core.env.log.error('a watcher inside the cluster failed', { kind: kind.kind, error: String(error) });
      }
    });
  }

  #update<T extends KubernetesObject>(kind: ResourceKind<T>, object: T, subresource: string): T {
    const resource = this.#resource(kind);
    const existing = existingObject(resource, object.metadata);
    const next = admitBody(this.#core, resource, { ...object }, this.#options);
    const stored = updateObject(this.#core, resource, {
      existing,
      next,
      subresource,
      options: this.#options,
      isPut: true,
    });
    return typed(kind, resource, stored);
  }

  #resource(kind: ResourceKind): ServedResource {
    const resource = this.#core.registry.find(kind.group, kind.version, kind.plural);
    if (resource === undefined) throw pageNotFound();
    return resource;
  }
}

/** The kind that a caller named says what its objects are. */
function typed<T extends KubernetesObject>(_kind: ResourceKind<T>, resource: ServedResource, stored: ApiObject): T {
  return resource.fromStored(stored) as unknown as T;
}
