import { createCache, type Informer } from '@canaryop/reconcile/cache';
import { createClient, loadCluster, type Client, type ClusterConnection } from '@canaryop/reconcile/client';
import { Deployment, Namespace, Service } from '@canaryop/reconcile/kinds';
import { resourcePath, type ObjectKey, type ResourceKind } from '@canaryop/reconcile/object';

import { CanaryApp } from '../../../src/api/v1/canaryapp.ts';
import { DestinationRule, Gateway, VirtualService } from '../../../src/traffic/istio/kinds.ts';
import { kubectl, tryKubectl, type KubectlResult } from '../world/kubectl.ts';
import { env } from './env.ts';

/** What an API server answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The cluster as an administrator sees it who only watches, and now and then lays a hand on something. */
export class TestCluster {
  readonly client: Client;
  readonly kubeconfig: string;
  readonly connection: ClusterConnection;
  readonly apps: Informer<CanaryApp>;
  readonly deployments: Informer<Deployment>;
  readonly services: Informer<Service>;
  readonly virtualServices: Informer<VirtualService>;
  readonly destinationRules: Informer<DestinationRule>;
  readonly gateways: Informer<Gateway>;
  readonly #stopping = new AbortController();
  readonly #run: Promise<void>;
  readonly #namespaces = new Map<string, Promise<Namespace>>();

  private constructor(kubeconfig: string, connection: ClusterConnection) {
    this.kubeconfig = kubeconfig;
    this.connection = connection;
    this.client = createClient({ env, connection, fieldManager: 'e2e' });
    const cache = createCache({ env, connection, fieldManager: 'e2e' });
    this.apps = cache.informer(CanaryApp);
    this.deployments = cache.informer(Deployment);
    this.services = cache.informer(Service);
    this.virtualServices = cache.informer(VirtualService);
    this.destinationRules = cache.informer(DestinationRule);
    this.gateways = cache.informer(Gateway);
    this.#run = cache.start(this.#stopping.signal);
  }

  /** Connects with a kubeconfig. */
  static async open(kubeconfig: string): Promise<TestCluster> {
    const { connection } = await loadCluster(env, { kubeconfig });
    return new TestCluster(kubeconfig, connection);
  }

  /** Runs kubectl as the administrator. */
  kubectl(...args: readonly string[]): Promise<string> {
    return kubectl(this.kubeconfig, args);
  }

  /** The same, whatever becomes of it. `input` is what `-f -` reads. */
  tryKubectl(args: readonly string[], input?: string): Promise<KubectlResult> {
    return tryKubectl(this.kubeconfig, args, input);
  }

  /** Makes a namespace that goes with this, at the first call. */
  namespace(name: string): Promise<Namespace> {
    const made = this.#namespaces.get(name) ?? this.client.create(Namespace, namespaceOf(name));
    this.#namespaces.set(name, made);
    return made;
  }

  /** A merge patch without a precondition, as users send it. Rejects when it is refused. */
  async patch(kind: ResourceKind, key: ObjectKey, patch: object): Promise<void> {
    const type = 'application/merge-patch+json';
    const answer = await this.send('PATCH', resourcePath(kind, key), { type, body: patch });
    if (answer.status !== 200) throw new Error(`patch of ${kind.kind} ${key.name}: ${answer.status} ${answer.body}`);
  }

  /** A DELETE without a precondition, as users send it. */
  async remove(kind: ResourceKind, key: ObjectKey): Promise<void> {
    const answer = await this.send('DELETE', resourcePath(kind, key));
    if (answer.status >= 300) throw new Error(`delete of ${kind.kind} ${key.name}: ${answer.status} ${answer.body}`);
  }

  /** Sends a request as it is. */
  async send(
    method: 'GET' | 'PATCH' | 'POST' | 'DELETE',
    path: string,
    content?: { readonly type: string; readonly body: object },
  ): Promise<Answer> {
    const { server, credentials, transport } = this.connection;
    const response = await transport.request({
      method,
      url: `${server}${path}`,
      headers: {
        accept: 'application/json',
        ...(content === undefined ? {} : { 'content-type': content.type }),
        ...(await credentials.headers()),
      },
      ...(content === undefined ? {} : { body: JSON.stringify(content.body) }),
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    return { status: response.status, body: Buffer.concat(chunks).toString('utf8') };
  }

  /** Removes its namespaces, and ends. */
  async close(): Promise<void> {
    const names = [...this.#namespaces.keys()];
    if (names.length > 0) await this.kubectl('delete', 'namespace', '--wait=false', '--ignore-not-found', ...names);
    this.#stopping.abort();
    await this.#run;
    await this.connection.transport.close();
  }
}

function namespaceOf(name: string): Namespace {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}
