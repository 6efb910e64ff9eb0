import type { Env } from '@canaryop/reconcile/env';
import type { World } from '@canaryop/simkube';
import {
  EmbeddedPrometheus,
  expositionHandler,
  findPrometheus,
  listenOnLoopback,
  startRealPrometheus,
} from '@canaryop/simkube/prometheus';

/** A Prometheus that scrapes the ingress every second. */
export interface MetricsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the Prometheus of this process. */
export async function startEmbeddedPrometheus(env: Env, world: Pick<World, 'collect'>): Promise<MetricsServer> {
  const prometheus = new EmbeddedPrometheus(env);
  prometheus.scraper.add({ job: 'ingress', instance: 'ingress', collect: () => world.collect() });
  prometheus.scraper.start();
  const listener = await prometheus.listen();
  return {
    port: listener.port,
    stop: () => {
      prometheus.scraper.stop();
      return listener.close();
    },
  };
}

/** Starts the machine's own Prometheus. Rejects when there is none. */
export async function startInstalledPrometheus(env: Env, world: Pick<World, 'collect'>): Promise<MetricsServer> {
  const binary = await findPrometheus();
  if (binary === undefined)
    throw new Error('there is no program `prometheus` on the PATH: install it, or leave --prometheus out');
  const metrics = await listenOnLoopback(expositionHandler(() => world.collect()));
  try {
    const targets = [{ job: 'ingress', address: `127.0.0.1:${metrics.port}`, instance: 'ingress' }];
    const prometheus = await startRealPrometheus({ timers: env.timers, binary, targets });
    return {
      port: prometheus.port,
      stop: async () => {
        await prometheus.stop();
        await metrics.close();
      },
    };
  } catch (error) {
    await metrics.close();
    throw error;
  }
}
