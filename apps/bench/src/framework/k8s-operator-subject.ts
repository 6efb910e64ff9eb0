/**
 * The benchmark's operator on @dot-i/k8s-operator, written as its README writes one. It hands out events one after the
 * other and keeps nothing, so there are no workers to set, and what the children look like is remembered here.
 */
import original, { ResourceEventType, type ResourceEvent } from '@dot-i/k8s-operator';

interface Widget {
  readonly metadata: { readonly name: string; readonly uid: string; readonly generation: number };
  readonly spec: { readonly text: string };
  readonly status?: { readonly text?: string; readonly observedGeneration?: number };
}

const namespace = 'default';

// The package is CommonJS, whose class is its property `default`.
class WidgetOperator extends original.default {
  readonly #children = new Map<string, { readonly text?: string | undefined; readonly resourceVersion: string }>();

  constructor() {
    super({ debug: () => undefined, info: () => undefined, warn: console.error, error: console.error });
  }

  protected override async init(): Promise<void> {
    await this.watchResource('', 'v1', 'configmaps', async (event) => this.#childChanged(event), namespace);
    await this.watchResource('bench.canaryop.io', 'v1', 'widgets', async (event) => {
      try {
        if (event.type !== ResourceEventType.Deleted) await this.#resourceModified(event);
      } catch (error) {
        console.error(error);
      }
    });
  }

  #childChanged({ type, object }: ResourceEvent): void {
    const { name = '', resourceVersion = '' } = object.metadata ?? {};
    if (type === ResourceEventType.Deleted) this.#children.delete(name);
    else this.#children.set(name, { text: (object as { data?: { text?: string } }).data?.text, resourceVersion });
  }

  async #resourceModified({ meta, object }: ResourceEvent): Promise<void> {
    const { metadata, spec, status } = object as unknown as Widget;
    const { text } = spec;
    await this.#makeChild(metadata, text);
    const { generation: observedGeneration } = metadata;
    if (status?.text === text && status.observedGeneration === observedGeneration) return;
    await this.setResourceStatus(meta, { text, observedGeneration });
  }

  async #makeChild({ name, uid }: Widget['metadata'], text: string): Promise<void> {
    const child = this.#children.get(name);
    if (child?.text === text) return;
    const owner = { apiVersion: 'bench.canaryop.io/v1', kind: 'Widget', name, uid };
    const metadata = { name, ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] };
    const { body } =
      child === undefined
        ? await this.k8sApi.createNamespacedConfigMap(namespace, { metadata, data: { text } })
        : await this.k8sApi.replaceNamespacedConfigMap(name, namespace, {
            metadata: { ...metadata, resourceVersion: child.resourceVersion },
            data: { text },
          });
    this.#children.set(name, { text, resourceVersion: body.metadata?.resourceVersion ?? '' });
  }
}

await new WidgetOperator().start();
