import { formatTime } from '@canaryop/reconcile/env';

import type { ApiCore } from '../api-core.ts';
import { controllerOptions, deleteStored, writeMetadata } from '../controllers/controller-write.ts';
import { updateObject } from '../handlers/update.ts';
import {
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  withValueAt,
  type ApiObject,
  type JsonObject,
} from '../object/api-object.ts';
import { deepEqual } from '../object/deep-equal.ts';
import type { ServedResource } from '../registry/served-resource.ts';
import type { ChangeRecord } from '../storage/change-record.ts';
import { cleanupFinalizer } from '../strategies/definition-strategy.ts';
import { customResources } from './custom-resources.ts';

/**
 * Serves what CustomResourceDefinitions define, and says so in their conditions: names accepted, then Established.
 * A deleted definition takes its objects with it. It acts in a microtask after the change, so a client that has seen
 * Established finds the resource served.
 */
export class DefinitionController {
  readonly #core: ApiCore;
  readonly #unsubscribe: () => void;

  constructor(core: ApiCore) {
    this.#core = core;
    this.#unsubscribe = core.storage.observe((record) => {
      this.#observe(record);
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Serves a stored definition now, without waiting for the change to be delivered. */
  establish(definition: ApiObject): void {
    const { registry, storage } = this.#core;
    const conflict = this.#nameConflict(definition);
    if (conflict === undefined) {
      const resources = customResources(definition, storage);
      const versions = new Set(resources.map((resource) => resource.version));
      const known = registry.all().filter((resource) => resource.custom?.definition === definition.metadata.name);
      if (known.some((resource) => !versions.has(resource.version))) registry.removeCustom(definition.metadata.name);
      registry.add(resources);
    }
    this.#writeStatus(definition, conflict);
  }

  #observe({ object, type, previous }: ChangeRecord): void {
    if (object.kind === 'CustomResourceDefinition') {
      if (type === 'DELETED') this.#core.registry.removeCustom(object.metadata.name);
      else if (object.metadata.deletionTimestamp !== undefined) this.#cleanUp(object);
      else if (previous === undefined || !deepEqual(previous['spec'], object['spec'])) this.establish(object);
      return;
    }
    if (type !== 'DELETED') return;
    const custom = this.#core.registry.findKind(object.apiVersion, object.kind)?.custom;
    const definition = custom === undefined ? undefined : this.#definitions().store.get(custom.definition);
    if (definition?.metadata.deletionTimestamp !== undefined) this.#cleanUp(definition);
  }

  /** Deletes the objects, and lets the definition go when none is left. */
  #cleanUp(definition: ApiObject): void {
    const finalizers = definition.metadata.finalizers ?? [];
    if (!finalizers.includes(cleanupFinalizer)) return;
    const resource = this.#core.registry.all().find((each) => each.custom?.definition === definition.metadata.name);
    for (const object of resource?.store.list() ?? []) {
      if (resource !== undefined && object.metadata.deletionTimestamp === undefined)
        deleteStored(this.#core, resource, object);
    }
    if (resource !== undefined && resource.store.size > 0) return;
    const current = this.#definitions().store.get(definition.metadata.name);
    if (current === undefined) return;
    const kept = finalizers.filter((name) => name !== cleanupFinalizer);
    writeMetadata(this.#core, this.#definitions(), current, { finalizers: kept.length === 0 ? undefined : kept });
  }

  /** Why another definition of the same group keeps this one from being served. */
  #nameConflict(definition: ApiObject): string | undefined {
    const group = stringAt(definition, 'spec', 'group') ?? '';
    const kind = stringAt(definition, 'spec', 'names', 'kind') ?? '';
    const taken = this.#core.registry
      .all()
      .find(
        (resource) =>
          resource.group === group &&
          resource.kind === kind &&
          resource.custom?.definition !== definition.metadata.name,
      );
    return taken === undefined ? undefined : `${JSON.stringify(kind)} is already in use`;
  }

  #writeStatus(definition: ApiObject, conflict: string | undefined): void {
    const current = this.#definitions().store.get(definition.metadata.name);
    if (current === undefined) return;
    const isAccepted = conflict === undefined;
    const wanted = [
      isAccepted
        ? condition('NamesAccepted', true, 'NoConflicts', 'no conflicts found')
        : condition('NamesAccepted', false, 'KindConflict', conflict),
      isAccepted
        ? condition('Established', true, 'InitialNamesAccepted', 'the initial names have been accepted')
        : condition('Established', false, 'NotAccepted', 'not all names are accepted'),
    ];
    const conditions = this.#merge(listAt(current, 'status', 'conditions').filter(isJsonObject), wanted);
    const accepted = isAccepted ? objectAt(current, 'spec', 'names') : { kind: '', plural: '' };
    const status = { ...objectAt(current, 'status'), acceptedNames: accepted, conditions };
    updateObject(this.#core, this.#definitions(), {
      existing: current,
      next: withValueAt(current, ['status'], status),
      subresource: 'status',
      options: controllerOptions('kube-apiserver'),
    });
  }

  /** Keeps the transition time of a condition whose status did not change. */
  #merge(existing: readonly JsonObject[], wanted: readonly JsonObject[]): readonly JsonObject[] {
    const now = formatTime(this.#core.env.clock.now());
    return wanted.map((each) => {
      const before = existing.find((other) => other['type'] === each['type']);
      const isSame = before?.['status'] === each['status'];
      return { ...each, lastTransitionTime: isSame ? before?.['lastTransitionTime'] : now };
    });
  }

  #definitions(): ServedResource {
    const resource = this.#core.registry.find('apiextensions.k8s.io', 'v1', 'customresourcedefinitions');
    if (resource === undefined) throw new Error('the built-in kinds lack CustomResourceDefinition');
    return resource;
  }
}

function condition(type: string, isTrue: boolean, reason: string, message: string): JsonObject {
  return { type, status: isTrue ? 'True' : 'False', reason, message };
}
