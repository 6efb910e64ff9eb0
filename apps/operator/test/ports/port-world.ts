import { createClient, noCredentials, type Client } from '@canaryop/reconcile/client';
import { Deployment, EndpointSlice, Pod } from '@canaryop/reconcile/kinds';
import { keyOf, type KubernetesObject, type ObjectKey, type ResourceKind } from '@canaryop/reconcile/object';
import { virtualEnv } from '@canaryop/reconcile/testing';
import { adminUser, createCluster, type Cluster } from '@canaryop/simkube';

import { CanaryApp, type CanaryAppSpec } from '../../src/api/v1/canaryapp.ts';
import { act } from '../../src/controllers/canaryapp/act.ts';
import { CurrentRecords } from '../../src/controllers/canaryapp/current-records.ts';
import { controllerOf } from '../../src/controllers/canaryapp/pods.ts';
import { diff, fieldManager } from '../../src/rollout/diff.ts';
import type { Mode } from '../../src/rollout/mode.ts';
import type { Child, Write } from '../../src/rollout/write.ts';
import type { Sight } from '../../src/targets/target.ts';
import { kindOf } from '../manifests/install.ts';
import { knownModeOf } from '../plan/slots.ts';

/** The application of every contract. */
export const shop = { namespace: 'default', name: 'shop' } as const;
const settleMs = 8_000;

/**
 * A cluster in virtual time for what implements a port: its children are compared and written as the operator does it,
 * and nothing decides anything.
 */
export class PortWorld {
  readonly #env = virtualEnv({ seed: 1 });
  readonly #cluster: Cluster;
  readonly #client: Client;

  /** @param before what was there before the application */
  constructor(spec: object, before: readonly KubernetesObject[] = []) {
    this.#cluster = createCluster({ env: this.#env, gatewayApi: true, apiServer: { definitions: [CanaryApp.crd()] } });
    const connection = {
      server: 'https://simkube',
      transport: this.#cluster.server.transport(adminUser),
      credentials: noCredentials,
    };
    this.#client = createClient({ env: this.#env, connection, fieldManager });
    for (const object of before) this.#cluster.server.loopback.create(kindOf(object), object);
    this.#cluster.server.loopback.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: shop,
      spec: spec as CanaryAppSpec,
    });
  }

  get app(): CanaryApp {
    const app = this.get(CanaryApp, shop.name);
    if (app === undefined) throw new Error('there is no CanaryApp shop');
    return app;
  }

  get mode(): Mode {
    return knownModeOf(this.app);
  }

  get uid(): string {
    return this.app.metadata.uid ?? '';
  }

  get<T extends KubernetesObject>(kind: ResourceKind<T>, name: string): T | undefined {
    return this.#cluster.server.loopback.get(kind, named(name));
  }

  list<T extends KubernetesObject>(kind: ResourceKind<T>): readonly T[] {
    return this.#cluster.server.loopback.list(kind, { namespace: shop.namespace });
  }

  /** Makes an object of somebody else's. */
  create(object: KubernetesObject): void {
    this.#cluster.server.loopback.create(kindOf(object), object);
  }

  /** Deletes an object as somebody else would. */
  remove(kind: ResourceKind, name: string): void {
    this.#cluster.server.loopback.delete(kind, named(name));
  }

  /** Changes an object as somebody else would. */
  change<T extends KubernetesObject>(kind: ResourceKind<T>, name: string, changed: (object: T) => T): void {
    const live = this.get(kind, name);
    if (live === undefined) throw new Error(`there is no ${kind.kind} ${name}`);
    this.#cluster.server.loopback.update(kind, changed(live));
  }

  /** @param instead an object that is seen in the place of the one that is there */
  sight(instead?: KubernetesObject): Sight {
    const find = <T extends KubernetesObject>(kind: ResourceKind<T>, name: string): T | undefined =>
      instead?.kind === kind.kind && instead.metadata.name === name ? (instead as T) : this.get(kind, name);
    return {
      get: find,
      pods: (deployment) =>
        this.list(Pod).filter((pod) => {
          const controller = controllerOf(pod);
          return controller?.kind === Deployment.kind && controller.name === deployment;
        }),
      endpoints: (service) =>
        this.list(EndpointSlice)
          .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
          .flatMap(({ endpoints = [] }) => endpoints)
          .filter(({ conditions }) => conditions?.ready !== false).length,
    };
  }

  /** The writes that children ask for. */
  writesFor(children: readonly Child[]): readonly Write[] {
    return children.flatMap((child) => diff(child, this.uid));
  }

  /** Carries out what children ask for, and gives the cluster time. Returns the writes, in words. */
  async make(children: readonly Child[]): Promise<readonly string[]> {
    const writes = this.writesFor(children);
    const records = new CurrentRecords();
    records.add(this.app);
    const actor = {
      env: this.#env,
      client: this.#client,
      signal: new AbortController().signal,
      log: this.#env.log,
      records,
      configs: { checksumOf: () => undefined },
      onRecorded: () => undefined,
    };
    const acted = act(actor, this.app, { writes, notices: [], why: 'a contract' });
    await this.#env.time.advance(settleMs);
    await acted;
    return writes.map(wordsOf);
  }

  stop(): Promise<void> {
    return this.#cluster.stop();
  }
}

/** A write, in words. */
export function wordsOf(write: Write): string {
  return `${write.verb} ${write.kind.kind} ${keyOfWrite(write).name}`;
}

/** The object that a write is about. */
export function keyOfWrite(write: Write): ObjectKey {
  return keyOf(write.verb === 'create' || write.verb === 'copy' ? write.desired : write.live);
}

function named(name: string): ObjectKey {
  return { namespace: shop.namespace, name };
}
