import type { Informer } from '@canaryop/reconcile/cache';
import type { Env } from '@canaryop/reconcile/env';
import type { Pod } from '@canaryop/reconcile/kinds';
import { startSampleServer, type SampleServer } from '@canaryop/sample-server';
import { forwardingHandler, type HttpHandler } from '@canaryop/simkube';

/** The README's images, and the version that their answers name. */
const sampleImage = /(?:^|\/)go-status-code-server:(?<version>v\d+)$/;

interface Running {
  readonly server: SampleServer;
  readonly handler: HttpHandler & { readonly close: () => void };
}

/** What a pod that was seen is at. */
interface Seen {
  readonly keys: readonly string[];
  isStopping: boolean;
}

/**
 * The containers of the sample's images: for each pod that runs, a real HTTP server on a loopback port of this machine.
 * kwok writes statuses and runs nothing. When a pod is deleted its server goes on for as long as preStop sleeps, and then
 * answers what it has taken and accepts nothing more.
 */
export class PodServers {
  readonly #env: Env;
  readonly #running = new Map<string, Promise<Running>>();
  readonly #seen = new Map<string, Seen>();

  constructor(env: Env, pods: Informer<Pod>) {
    this.#env = env;
    pods.onChange((change) => {
      if (change.type === 'deleted') this.#end(change.previous);
      else this.#follow(change.object);
    });
  }

  /** What listens at a pod's address; undefined where a connection is refused. */
  async find(address: string, port: number): Promise<HttpHandler | undefined> {
    return (await this.#running.get(`${address}:${port}`))?.handler;
  }

  /** How many servers run. */
  get size(): number {
    return this.#running.size;
  }

  /** Ends all of them at once. */
  async stop(): Promise<void> {
    for (const running of this.#running.values()) close(await running);
    this.#running.clear();
  }

  #follow(pod: Pod): void {
    const { uid = '', deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined) this.#end(pod);
    const { podIP, phase } = pod.status ?? {};
    if (this.#seen.has(uid) || deletionTimestamp !== undefined || podIP === undefined || phase !== 'Running') return;
    const keys = (pod.spec?.containers ?? []).flatMap(({ image = '', ports = [] }) => {
      const version = sampleImage.exec(image)?.groups?.['version'];
      return version === undefined ? [] : ports.map((port) => this.#start(`${podIP}:${port.containerPort}`, version));
    });
    this.#seen.set(uid, { keys, isStopping: false });
  }

  #start(key: string, version: string): string {
    const started = startSampleServer({ version, port: 0, host: '127.0.0.1' });
    this.#running.set(
      key,
      started.then((server) => ({ server, handler: forwardingHandler(server.port) })),
    );
    return key;
  }

  #end(pod: Pod): void {
    const seen = this.#seen.get(pod.metadata.uid ?? '');
    if (seen === undefined || seen.isStopping) return;
    seen.isStopping = true;
    const preStop = pod.spec?.containers[0]?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    this.#env.timers.schedule(preStop * 1000, () => {
      for (const key of seen.keys) void this.#stopServing(key);
    });
  }

  async #stopServing(key: string): Promise<void> {
    const running = await this.#running.get(key);
    this.#running.delete(key);
    if (running === undefined) return;
    await running.server.stop();
    running.handler.close();
  }
}

function close({ server, handler }: Running): void {
  handler.close();
  server.destroy();
}
