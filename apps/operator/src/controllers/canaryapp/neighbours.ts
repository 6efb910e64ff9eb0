import type { Informer } from '@canaryop/reconcile/cache';
import { ControllerRevision, Deployment, Pod, Service } from '@canaryop/reconcile/kinds';
import type { Manager } from '@canaryop/reconcile/manager';
import { groupResourceOf, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import { byController, controllerKey, controllersOf, withStatusOnly } from './pods.ts';

/** What is kept in full of one namespace. */
export interface NamespaceInformers {
  readonly hasSynced: boolean;
  readonly pods: Informer<Pod>;
  /** The informer of a kind, if it is kept in full here. */
  readonly byKind: <T extends KubernetesObject>(kind: ResourceKind<T>) => Informer<T> | undefined;
}

/** An object that changed, by its kind and name; of a pod, the controller that it came from. */
export type Changed = (namespace: string, kind: string, name: string) => void;

const kinds: readonly ResourceKind[] = [Deployment, Service, ControllerRevision];

/**
 * The objects of others, in full, in those namespaces where applications release workloads that are not their own. A
 * namespace is watched from the first such application on, and never by anybody who has none.
 */
export class Neighbours {
  readonly #manager: Pick<Manager, 'informer'>;
  readonly #onChange: Changed;
  readonly #namespaces = new Map<string, NamespaceInformers>();

  /** @param onChange is called for every object that changed, also when it is seen first. */
  constructor(manager: Pick<Manager, 'informer'>, onChange: Changed) {
    this.#manager = manager;
    this.#onChange = onChange;
  }

  /** What is kept of a namespace; watching begins with the first call. */
  in(namespace: string): NamespaceInformers {
    const known = this.#namespaces.get(namespace);
    if (known !== undefined) return known;
    const informers = this.#watch(namespace);
    this.#namespaces.set(namespace, informers);
    return informers;
  }

  #watch(namespace: string): NamespaceInformers {
    const pods = this.#manager.informer(Pod, {
      namespace,
      indexes: { [byController]: controllersOf },
      transform: withStatusOnly,
    });
    pods.onChange((change) => {
      const pod = change.type === 'deleted' ? change.previous : change.object;
      for (const key of controllersOf(pod)) this.#wake(namespace, key);
    });
    const byKind = new Map(kinds.map((kind) => [groupResourceOf(kind), this.#keep(kind, namespace)]));
    return {
      pods,
      get hasSynced() {
        return pods.hasSynced && [...byKind.values()].every(({ hasSynced }) => hasSynced);
      },
      // The key names the kind, so what is kept under it was made for T.
      byKind: <T extends KubernetesObject>(kind: ResourceKind<T>) =>
        byKind.get(groupResourceOf(kind)) as Informer<T> | undefined,
    };
  }

  #keep(kind: ResourceKind, namespace: string): Informer<KubernetesObject> {
    const informer = this.#manager.informer(kind, { namespace });
    informer.onChange((change) => {
      const { name } = (change.type === 'deleted' ? change.previous : change.object).metadata;
      this.#onChange(namespace, kind.kind, name);
    });
    return informer;
  }

  #wake(namespace: string, key: string): void {
    const [, kind = '', name = ''] = key.split('/');
    if (key === controllerKey(namespace, kind, name)) this.#onChange(namespace, kind, name);
  }
}
