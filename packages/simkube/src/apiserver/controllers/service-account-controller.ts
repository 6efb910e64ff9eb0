import type { ApiCore } from '../api-core.ts';
import { createObject } from '../handlers/create.ts';
import type { ApiObject } from '../object/api-object.ts';
import type { ChangeRecord } from '../storage/change-record.ts';
import { keyOfNames } from '../storage/resource-store.ts';
import { controllerOptions } from './controller-write.ts';
import { DelayedQueue } from './delayed-queue.ts';

/** Keeps a ServiceAccount `default` in every namespace. */
export class ServiceAccountController {
  readonly #core: ApiCore;
  readonly #queue: DelayedQueue;
  readonly #unsubscribe: () => void;

  constructor(core: ApiCore, lagMs: number) {
    this.#core = core;
    this.#queue = new DelayedQueue(core.env, lagMs, (namespace) => {
      this.#ensure(namespace);
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
    const { name, namespace } = object.metadata;
    if (object.kind === 'Namespace' && type === 'ADDED') this.#queue.add(name);
    const isDefault = object.kind === 'ServiceAccount' && object.apiVersion === 'v1' && name === 'default';
    if (isDefault && type === 'DELETED' && namespace !== undefined) this.#queue.add(namespace);
  }

  #ensure(namespace: string): void {
    const resource = this.#core.registry.find('', 'v1', 'serviceaccounts');
    const home = this.#core.namespaces.get(namespace);
    if (resource === undefined || home === undefined || home.metadata.deletionTimestamp !== undefined) return;
    if (resource.store.get(keyOfNames(namespace, 'default')) !== undefined) return;
    const object: ApiObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    createObject(this.#core, resource, { namespace, object, options: controllerOptions('kube-controller-manager') });
  }
}
