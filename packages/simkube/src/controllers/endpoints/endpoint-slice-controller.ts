import { keyOf, keyText, type ObjectKey } from '@canaryop/reconcile/object';

import { deepEqual } from '../../apiserver/object/deep-equal.ts';
import {
  endpointsKind,
  podKind,
  serviceKind,
  type EndpointSubset,
  type Pod,
  type Service,
} from '../../kinds/core-v1.ts';
import { endpointSliceKind, type EndpointSlice } from '../../kinds/discovery-v1.ts';
import type { ControllerOptions } from '../controller-options.ts';
import { splitKey } from '../object-key-text.ts';
import { OwnedObjects } from '../owned-objects.ts';
import { SyncLoop } from '../sync-loop.ts';
import { endpointSubsetsOf } from './endpoint-subsets.ts';
import { endpointSlicesOf, selects } from './endpoint-slices.ts';

type Labels = Readonly<Record<string, string>>;

interface TrackedPod {
  readonly key: ObjectKey;
  readonly labels: Labels;
}

/** Keeps the EndpointSlices of each Service that has a selector, and its Endpoints, the older form of the same. */
export class EndpointSliceController {
  readonly #options: ControllerOptions;
  readonly #slices: OwnedObjects<EndpointSlice>;
  readonly #loop: SyncLoop;
  readonly #podsByNamespace = new Map<string, Map<string, TrackedPod>>();
  readonly #servicesByNamespace = new Map<string, Map<string, Service>>();
  #unsubscribe: (() => void)[] = [];

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#slices = new OwnedObjects(options.api, endpointSliceKind);
    this.#loop = new SyncLoop({
      env: options.env,
      name: 'endpointslice-controller',
      latencyMs: options.latencyMs,
      sync: (key) => this.#sync(key),
    });
  }

  start(): void {
    const { api } = this.#options;
    this.#unsubscribe = [
      api.watch(serviceKind, ({ type, object }) => {
        track(this.#servicesByNamespace, object, type === 'DELETED' ? undefined : object);
        this.#loop.enqueue(keyText(keyOf(object)));
      }),
      api.watch(podKind, ({ type, object }) => {
        const { name, namespace = '', labels = {} } = object.metadata;
        const before = this.#podsByNamespace.get(namespace)?.get(name);
        track(this.#podsByNamespace, object, type === 'DELETED' ? undefined : { key: keyOf(object), labels });
        this.#enqueueServicesOf(namespace, before === undefined ? [labels] : [before.labels, labels]);
      }),
      // A slice that someone deleted or edited is put back.
      this.#slices.watch((slice) => {
        const owner = slice.metadata.ownerReferences?.[0];
        if (owner !== undefined) this.#loop.enqueue(`${slice.metadata.namespace}/${owner.name}`);
      }),
    ];
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#loop.stop();
  }

  /** A pod whose labels changed may have left a Service: both its labels before and its labels now count. */
  #enqueueServicesOf(namespace: string, labels: readonly Labels[]): void {
    for (const service of this.#servicesByNamespace.get(namespace)?.values() ?? []) {
      if (labels.some((each) => selects(service, each))) this.#loop.enqueue(keyText(keyOf(service)));
    }
  }

  #sync(key: string): undefined {
    const { api } = this.#options;
    const service = api.get(serviceKind, splitKey(key));
    if (service === undefined && api.get(endpointsKind, splitKey(key)) !== undefined) {
      api.delete(endpointsKind, splitKey(key));
    }
    if (service?.metadata.uid === undefined || service.metadata.deletionTimestamp !== undefined) return undefined;
    const live = this.#slices.of(service.metadata.uid);
    const desired = service.spec.selector === undefined ? [] : endpointSlicesOf(service, this.#pods(service));
    for (const slice of desired)
      this.#write(
        slice,
        live.find((each) => each.metadata.name === slice.metadata.name),
      );
    const kept = new Set(desired.map((slice) => slice.metadata.name));
    for (const slice of live) if (!kept.has(slice.metadata.name)) api.delete(endpointSliceKind, keyOf(slice));
    if (service.spec.selector !== undefined) this.#writeEndpoints(service, endpointSubsetsOf(desired));
    return undefined;
  }

  #writeEndpoints(service: Service, subsets: readonly EndpointSubset[]): void {
    const { api } = this.#options;
    const live = api.get(endpointsKind, keyOf(service));
    if (live === undefined) {
      const { labels } = service.metadata;
      const metadata = { ...keyOf(service), ...(labels === undefined ? {} : { labels }) };
      api.create(endpointsKind, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets });
    } else if (!deepEqual(live.subsets ?? [], subsets)) api.update(endpointsKind, { ...live, subsets });
  }

  #write(slice: EndpointSlice, live: EndpointSlice | undefined): void {
    const { api } = this.#options;
    if (live === undefined) {
      this.#slices.add(api.create(endpointSliceKind, slice));
      return;
    }
    const isCurrent =
      deepEqual(live.endpoints, slice.endpoints) &&
      deepEqual(live.ports, slice.ports) &&
      deepEqual(live.metadata.labels, slice.metadata.labels);
    if (isCurrent) return;
    const { endpoints, ports = [] } = slice;
    const metadata = {
      ...live.metadata,
      ...(slice.metadata.labels === undefined ? {} : { labels: slice.metadata.labels }),
    };
    api.update(endpointSliceKind, { ...live, metadata, endpoints, ports });
  }

  /** Pods of the Service's namespace, oldest first, as they are now. */
  #pods(service: Service): readonly Pod[] {
    const tracked = this.#podsByNamespace.get(service.metadata.namespace ?? '')?.values() ?? [];
    return [...tracked]
      .filter(({ labels }) => selects(service, labels))
      .map(({ key }) => this.#options.api.get(podKind, key))
      .filter((pod) => pod !== undefined);
  }
}

function track<V>(
  byNamespace: Map<string, Map<string, V>>,
  object: { readonly metadata: { readonly name: string; readonly namespace?: string | undefined } },
  value: V | undefined,
): void {
  const { name, namespace = '' } = object.metadata;
  const objects = byNamespace.get(namespace) ?? new Map<string, V>();
  if (value === undefined) objects.delete(name);
  else objects.set(name, value);
  if (objects.size === 0) byNamespace.delete(namespace);
  else byNamespace.set(namespace, objects);
}
