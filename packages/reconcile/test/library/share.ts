import { createCache, type CacheOptions, type InformerOptions, type ObjectChange } from '@canaryop/reconcile/cache';
import { createClient, type Client, type ClusterConnection } from '@canaryop/reconcile/client';
import type { ControllerDefinition } from '@canaryop/reconcile/controller';
import type { CustomResourceDefinition } from '@canaryop/reconcile/crd';
import { Namespace, type ConfigMap } from '@canaryop/reconcile/kinds';
import { createManager, type Manager, type ManagerOptions } from '@canaryop/reconcile/manager';
import { resourceKind, type KubernetesObject, type ResourceKind } from '@canaryop/reconcile/object';

import type { LibraryServer } from './library-server.ts';
import { Wire } from './wire.ts';

const tester = 'tester';

/** CustomResourceDefinitions, as far as tests look at them. */
export const definitions = resourceKind<
  KubernetesObject & {
    readonly spec: unknown;
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }
>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});

/** A manager that runs. */
export interface RunningManager {
  readonly manager: Manager;
  /** Settles with the manager: it rejects where `Manager.start` does. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What one test has of a server: a namespace of its own, an administrator's client, and an end for all it started. */
export class Share {
  readonly server: LibraryServer;
  readonly namespace: string;
  readonly client: Client;
  readonly #stop = new AbortController();
  readonly #ends: Promise<unknown>[] = [];
  readonly #cleanups: (() => Promise<unknown>)[] = [];

  constructor(server: LibraryServer, namespace: string) {
    this.server = server;
    this.namespace = namespace;
    this.client = this.clientOn(server.connection);
  }

  /** A client on a connection of the test's own. */
  clientOn(connection: ClusterConnection, fieldManager = tester): Client {
    return createClient({ env: this.server.env, connection, fieldManager });
  }

  /** A way to the server that the test can see and cut. */
  wire(connection: ClusterConnection = this.server.connection): Wire {
    return new Wire(connection);
  }

  /** A namespaced key, here. */
  key(name: string): { readonly namespace: string; readonly name: string } {
    return { namespace: this.namespace, name };
  }

  /** A ConfigMap as it may be created, here. */
  configMap(name: string, data: Readonly<Record<string, string>> = {}, labels: Readonly<Record<string, string>> = {}) {
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...this.key(name), labels }, data };
  }

  /** Keeps a kind in memory until the test ends, and notes what changes. */
  async watch<T extends KubernetesObject>(
    kind: ResourceKind<T>,
    options: InformerOptions<T> = {},
    from: Partial<CacheOptions> = {},
  ) {
    const { env, connection } = this.server;
    const cache = createCache({ env, connection, fieldManager: tester, ...from });
    const informer = cache.informer(kind, options);
    const changes: ObjectChange<T>[] = [];
    informer.onChange((change) => changes.push(change));
    this.#ends.push(cache.start(this.#stop.signal));
    await this.until(() => informer.hasSynced || informer.problem !== undefined);
    return {
      informer,
      /** Each change in a word, `added a`, in the order in which they came. */
      told: () => changes.map((change) => `${change.type} ${nameOf(change)}`),
      names: () => namesOf(informer.lister.list()),
    };
  }

  /** Runs controllers until they are stopped, or the test ends. */
  run(options: Partial<ManagerOptions>, ...controllers: readonly ControllerDefinition[]): RunningManager {
    const { env, connection } = this.server;
    const manager = createManager({ env, connection, fieldManager: tester, ...options });
    for (const definition of controllers) manager.add(definition);
    const stop = new AbortController();
    const ended = manager.start(AbortSignal.any([stop.signal, this.#stop.signal]));
    this.#ends.push(ended.catch(() => undefined));
    const stopped = async (): Promise<void> => {
      stop.abort();
      await this.settled(ended);
    };
    return { manager, ended, stop: stopped };
  }

  /** Installs the definition of a kind, if it is not there, and waits until it is served. */
  async install(kind: ResourceKind & { crd(): CustomResourceDefinition }): Promise<void> {
    const manifest = kind.crd();
    const { name } = manifest.metadata;
    if ((await this.client.get(definitions, { name })) === undefined) await this.client.create(definitions, manifest);
    const { informer } = await this.watch(definitions);
    const isEstablished = (): boolean =>
      informer.lister
        .get({ name })
        ?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') === true;
    await this.until(isEstablished);
    const served = await this.watch(kind);
    await this.until(() => served.informer.hasSynced);
  }

  /** An edit by another hand than the operator's, which writes the same object: again when it came between. */
  async edit<T extends KubernetesObject>(kind: ResourceKind<T>, name: string, patch: object): Promise<void> {
    let isDone = false;
    while (!isDone) {
      const live = present(await this.client.get(kind, this.key(name)));
      isDone = await this.client.patch(kind, live, patch).then(
        () => true,
        (error: { readonly reason?: string }) => {
          if (error.reason === 'Conflict') return false;
          throw error;
        },
      );
    }
  }

  until(isDone: () => boolean): Promise<void> {
    return this.server.until(isDone);
  }

  /** Waits for a promise that needs the server's time to settle. */
  async settled(work: Promise<unknown>): Promise<void> {
    let isSettled = false;
    const end = (): void => {
      isSettled = true;
    };
    work.then(end, end);
    await this.until(() => isSettled);
    await work;
  }

  /** Does this when the test ends, before what runs is stopped. */
  atEnd(cleanup: () => Promise<unknown>): void {
    this.#cleanups.push(cleanup);
  }

  /** Stops all that the test started. */
  async end(): Promise<void> {
    for (const cleanup of this.#cleanups) await this.settled(cleanup());
    this.#stop.abort();
    await this.settled(Promise.all(this.#ends));
  }
}

/** Wraps a test so that it gets a share of the server, which ends with it. */
export type Sharing = (story: (share: Share) => Promise<void>) => () => Promise<void>;

/** Gives each test a namespace of its own. */
export function sharing(server: () => LibraryServer, name = 'library'): Sharing {
  let count = 0;
  return (story) => async () => {
    count += 1;
    const share = new Share(server(), `${name}-${count}`);
    await share.client.create(Namespace, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: share.namespace },
    });
    try {
      await story(share);
    } finally {
      await share.end();
    }
  };
}

/** The text of a ConfigMap, which many tests look at. */
export const textOf = (object: ConfigMap | undefined): string | undefined => object?.data?.['text'];

export function namesOf(objects: readonly KubernetesObject[]): readonly string[] {
  return objects.map(({ metadata }) => metadata.name).sort();
}

export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the object is gone');
  return value;
}

function nameOf(change: ObjectChange<KubernetesObject>): string {
  return (change.type === 'deleted' ? change.previous : change.object).metadata.name;
}
