import type { ServedResource } from './served-resource.ts';

/** Every resource that is served at the moment. Custom resources come and go with their definitions. */
export class Registry {
  readonly #resources = new Map<string, ServedResource>();
  readonly #byKind = new Map<string, ServedResource>();
  #generation = 0;

  /** Rises with each change; caches of discovery and OpenAPI documents compare it. */
  get generation(): number {
    return this.#generation;
  }

  /** Adds resources, or replaces those of the same group, version and plural. */
  add(resources: readonly ServedResource[]): void {
    for (const resource of resources) {
      this.#resources.set(`${resource.group}/${resource.version}/${resource.plural}`, resource);
      this.#byKind.set(`${resource.group}/${resource.version}/${resource.kind}`, resource);
    }
    this.#generation += 1;
  }

  /** Removes the resources of a CustomResourceDefinition, and returns them. */
  removeCustom(definition: string): readonly ServedResource[] {
    const removed = [...this.#resources.values()].filter((resource) => resource.custom?.definition === definition);
    for (const resource of removed) {
      this.#resources.delete(`${resource.group}/${resource.version}/${resource.plural}`);
      this.#byKind.delete(`${resource.group}/${resource.version}/${resource.kind}`);
    }
    if (removed.length > 0) this.#generation += 1;
    return removed;
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.#resources.get(`${group}/${version}/${plural}`);
  }

  /** By `apiVersion` and `kind`, as owner references and manifests name a kind. */
  findKind(apiVersion: string, kind: string): ServedResource | undefined {
    return this.#byKind.get(apiVersion.includes('/') ? `${apiVersion}/${kind}` : `/${apiVersion}/${kind}`);
  }

  /** In the order of registration: built-in kinds first. */
  all(): readonly ServedResource[] {
    return [...this.#resources.values()];
  }

  /** One entry for each store: the first served version of each stored resource. */
  stored(): readonly ServedResource[] {
    const seen = new Set<unknown>();
    return this.all().filter((resource) => {
      if (resource.createOnly || seen.has(resource.store)) return false;
      seen.add(resource.store);
      return true;
    });
  }
}
