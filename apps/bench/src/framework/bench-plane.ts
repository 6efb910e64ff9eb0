import { readFile, writeFile } from 'node:fs/promises';

import { createCache, type Lister } from '@canaryop/reconcile/cache';
import { createClient, type Client } from '@canaryop/reconcile/client';
import { sleep, type Env } from '@canaryop/reconcile/env';
import type { KubernetesObject, ObjectOf } from '@canaryop/reconcile/object';
import { resourceKind } from '@canaryop/reconcile/object';
import { startControlPlane, type ControlPlane } from '@canaryop/testkit/control-plane';

import { inParallel } from '../measure/in-parallel.ts';
import { patchNewest } from '../measure/patch-newest.ts';
import { requestCounts, type RequestCounts } from '../measure/server-requests.ts';
import { withSec1Keys } from './sec1-keys.ts';
import { namespace, Widget, widgetName } from './widget.ts';

const definitions = resourceKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});
const parallel = 16;
/** No leases: the API server renews one of its own, and nobody here has one. */
const counted = ['widgets', 'configmaps', 'events'];

/** A real API server with Widgets, and somebody who writes them and watches what becomes of them. */
export class BenchPlane {
  readonly plane: ControlPlane;
  readonly client: Client;
  /** Where the operators find what they connect with. */
  readonly kubeconfig: string;
  readonly #env: Env;
  readonly #stop = new AbortController();
  readonly #pending = new Set<string>();
  #widgets: Lister<ObjectOf<typeof Widget>> | undefined;
  readonly #asked = { 'GET widgets': 0, 'PATCH widgets': 0 };
  #wake: () => void = () => undefined;

  private constructor(plane: ControlPlane, env: Env) {
    this.plane = plane;
    this.kubeconfig = `${plane.adminKubeconfig}.sec1`;
    this.#env = env;
    this.client = createClient({ env, connection: plane.connection, fieldManager: 'bench-user', timeoutMs: 60_000 });
  }

  /** Starts etcd and kube-apiserver, without an audit log, whose cost would be part of every figure. */
  static async start(env: Env, onProgress: (line: string) => void): Promise<BenchPlane> {
    const auditPolicy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'None' }] } as const;
    const plane = await startControlPlane({ env, onProgress, controllerManager: false, auditPolicy });
    const bench = new BenchPlane(plane, env);
    await writeFile(bench.kubeconfig, withSec1Keys(await readFile(plane.adminKubeconfig, 'utf8')));
    await bench.client.create(definitions, Widget.crd());
    await bench.#watch();
    return bench;
  }

  async #watch(): Promise<void> {
    const cache = createCache({ env: this.#env, connection: this.plane.connection, fieldManager: 'bench-user' });
    const informer = cache.informer(Widget);
    informer.onChange((change) => {
      if (change.type === 'deleted') return;
      const { metadata, spec, status } = change.object;
      const isDone = status?.text === spec.text && status.observedGeneration === metadata.generation;
      if (isDone) this.#pending.delete(metadata.name);
      else this.#pending.add(metadata.name);
      this.#wake();
    });
    void cache.start(this.#stop.signal);
    await cache.synced();
    this.#widgets = informer.lister;
  }

  /** Makes Widgets, and waits until they are seen. */
  async createWidgets(count: number): Promise<void> {
    await inParallel([...Array(count).keys()], parallel, async (index) => {
      const metadata = { namespace, name: widgetName(index) };
      const manifest = {
        apiVersion: 'bench.canaryop.io/v1',
        kind: 'Widget',
        metadata,
        spec: { text: `text ${index}` },
      };
      await this.client.create(Widget, manifest);
    });
    while (this.#pending.size < count) await this.#changed();
  }

  /** Gives each of the first `count` Widgets another text. */
  async updateWidgets(count: number, round: string): Promise<void> {
    await inParallel([...Array(count).keys()], parallel, (index) => this.updateWidget(index, round));
  }

  async updateWidget(index: number, round: string): Promise<void> {
    const live = this.#widgets?.get({ namespace, name: widgetName(index) });
    if (live === undefined) throw new Error(`${widgetName(index)} is not there`);
    this.#pending.add(live.metadata.name);
    const patch = { spec: { text: `text ${index} ${round}` } };
    const conflicts = await patchNewest(this.client, Widget, live, patch);
    this.#asked['GET widgets'] += conflicts;
    this.#asked['PATCH widgets'] += conflicts + 1;
  }

  /** Resolves when every Widget's status says its text; with why not after `patienceMs` of none more, or what `ended` says. */
  async undone(patienceMs: number, ended: () => string | undefined): Promise<string | undefined> {
    const { clock } = this.#env;
    let least = Infinity;
    let sinceMs = clock.monotonic();
    while (this.#pending.size > 0) {
      const reason = ended();
      if (reason !== undefined) return reason;
      if (this.#pending.size < least) {
        least = this.#pending.size;
        sinceMs = clock.monotonic();
      } else if (clock.monotonic() > sinceMs + patienceMs)
        return `${least} Widgets are left, and none was reconciled for ${patienceMs / 1000} s`;
      await Promise.race([this.#changed(), sleep(this.#env.timers, 1000)]);
    }
    return undefined;
  }

  /** Makes objects of any kind, as many at a time as the Widgets. */
  async createAll<T extends KubernetesObject>(count: number, create: (index: number) => Promise<T>): Promise<void> {
    await inParallel([...Array(count).keys()], parallel, async (index) => {
      await create(index);
    });
  }

  /** What changed Widgets has asked for so far: it is nobody's but the user's. */
  get asked(): RequestCounts {
    return { ...this.#asked };
  }

  /** What the server has answered so far, but watches. */
  async requests(): Promise<RequestCounts> {
    const { transport, credentials } = this.plane.connection;
    const headers = await credentials.headers();
    const answer = await transport.request({ method: 'GET', url: `${this.plane.url}/metrics`, headers });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of answer.body) text += decoder.decode(chunk, { stream: true });
    return requestCounts(text, counted);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.plane.stop();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
