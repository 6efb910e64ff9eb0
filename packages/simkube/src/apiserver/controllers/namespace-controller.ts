import type { ApiCore } from '../api-core.ts';
import { updateObject } from '../handlers/update.ts';
import { withFields, type ApiObject } from '../object/api-object.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { ChangeRecord } from '../storage/change-record.ts';
import { controllerOptions, deleteStored } from './controller-write.ts';
import { DelayedQueue } from './delayed-queue.ts';

/** Empties a namespace that is being deleted, and lets it go when nothing is left in it. */
export class NamespaceController {
  readonly #core: ApiCore;
  readonly #queue: DelayedQueue;
  readonly #unsubscribe: () => void;

  constructor(core: ApiCore, lagMs: number) {
    this.#core = core;
    this.#queue = new DelayedQueue(core.env, lagMs, (name) => {
      this.#terminate(name);
    });
    this.#unsubscribe = core.storage.observe((record) => {
      this.#observe(record);
    });
  }

  close(): void {
    this.#unsubscribe();
    this.#queue.close();
  }

  #observe({ object, type }: ChangeRecord): void {
    const { namespace, name } = object.metadata;
    if (object.kind === 'Namespace' && object.apiVersion === 'v1') {
      if (type !== 'DELETED' && isTerminating(object)) this.#queue.add(name);
      return;
    }
    const home = namespace === undefined ? undefined : this.#core.namespaces.get(namespace);
    if (home !== undefined && isTerminating(home)) this.#queue.add(home.metadata.name);
  }

  #terminate(name: string): void {
    const namespace = this.#core.namespaces.get(name);
    if (namespace === undefined || !isTerminating(namespace)) return;
    const stored = this.#core.registry.stored().filter((resource) => resource.namespaced);
    for (const resource of stored) this.#empty(resource, name);
    if (stored.some((resource) => resource.store.list(name).length > 0)) return;
    const resource = this.#core.registry.find('', 'v1', 'namespaces');
    if (resource === undefined) return;
    updateObject(this.#core, resource, {
      existing: namespace,
      next: withFields(namespace, { spec: {} }),
      subresource: 'finalize',
      options: controllerOptions('kube-controller-manager'),
    });
  }

  #empty(resource: ServedResource, namespace: string): void {
    for (const object of resource.store.list(namespace)) {
      if (object.metadata.deletionTimestamp === undefined) deleteStored(this.#core, resource, object);
    }
  }
}

function isTerminating(namespace: ApiObject): boolean {
  return namespace.metadata.deletionTimestamp !== undefined;
}
