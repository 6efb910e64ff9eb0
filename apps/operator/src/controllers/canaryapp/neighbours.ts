import type { Informer } from '@canaryop/reconcile/cache';
import { Deployment, EndpointSlice, Pod, Service } from '@canaryop/reconcile/kinds';
import type { Manager } from '@canaryop/reconcile/manager';
import { groupResourceOf, present, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import { countField } from '../../targets/adopted/count-set-by.ts';
import { byController, controllerKeys, controllerOf, withStatusOnly } from './pods.ts';

/** An object that changed, by its kind and name; of a pod, the controller that it came from. */
export type Changed = (namespace: string, kind: string, name: string) => void;

/** EndpointSlices by the name of the Service that they belong to. */
export const byService = 'service';

function servicesOf({ metadata }: EndpointSlice): readonly string[] {
  const name = metadata.labels?.['kubernetes.io/service-name'];
  return name === undefined ? [] : [name];
}

/**
 * The objects of others, in full, in those namespaces where applications release workloads that are not their own. A
 * kind is watched in a namespace from the first such application on, and never where nobody needs it.
 */
export class Neighbours {
  readonly #manager: Pick<Manager, 'informer'>;
  readonly #onChange: Changed;
  readonly #informers = new Map<string, Informer<KubernetesObject>>();

  /** @param onChange is called for every object that changed, also when it is seen first. */
  constructor(manager: Pick<Manager, 'informer'>, onChange: Changed) {
    this.#manager = manager;
    this.#onChange = onChange;
  }

  /**
   * The informer of a kind in a namespace; watching begins with the first call.
   * @param transform what is kept of each object; the same for every call with this kind
   */
  informer<T extends KubernetesObject>(
    kind: ResourceKind<T>,
    namespace: string,
    transform?: (object: T) => T,
  ): Informer<T> {
    return this.#once(kind, namespace, () => {
      const managersOf = kind.kind === Deployment.kind ? [countField] : undefined;
      const informer = this.#manager.informer(kind, { namespace, ...present({ transform, managersOf }) });
      informer.onChange((change) => {
        const { name } = (change.type === 'deleted' ? change.previous : change.object).metadata;
        this.#onChange(namespace, kind.kind, name);
      });
      return informer;
    });
  }

  /** The endpoints of a namespace, indexed by their Service. */
  endpoints(namespace: string): Informer<EndpointSlice> {
    return this.#once(EndpointSlice, namespace, () => {
      const indexes = { [byService]: servicesOf };
      const informer = this.#manager.informer(EndpointSlice, { namespace, indexes });
      informer.onChange((change) => {
        for (const name of servicesOf(change.type === 'deleted' ? change.previous : change.object))
          this.#onChange(namespace, Service.kind, name);
      });
      return informer;
    });
  }

  /** The pods of a namespace, indexed by the controller that they came from. */
  pods(namespace: string): Informer<Pod> {
    return this.#once(Pod, namespace, () => {
      const indexes = { [byController]: controllerKeys };
      const informer = this.#manager.informer(Pod, { namespace, indexes, transform: withStatusOnly });
      informer.onChange((change) => {
        const controller = controllerOf(change.type === 'deleted' ? change.previous : change.object);
        if (controller !== undefined) this.#onChange(namespace, controller.kind, controller.name);
      });
      return informer;
    });
  }

  #once<T extends KubernetesObject>(kind: ResourceKind<T>, namespace: string, make: () => Informer<T>): Informer<T> {
    const key = `${namespace}/${groupResourceOf(kind)}`;
    const informer = this.#informers.get(key) ?? make();
    this.#informers.set(key, informer);
    // The key names the kind, so what is kept under it was made for T.
    return informer as Informer<T>;
  }
}
