import { sleep } from '@canaryop/reconcile/env';
import { Deployment, Pod } from '@canaryop/reconcile/kinds';
import { declaredPorts, serverProgram, type ImageRule, type Program, type ProgramContext } from '@canaryop/simkube';

import { CanaryApp, type CanaryAppSpec, type CanaryAppStatus } from '../../src/api/v1/canaryapp.ts';
import { alertAnnotation } from '../../src/api/v1/names.ts';
import { named } from './adopted-simulation.ts';
import { Simulation, type SimulationOptions } from './simulated-cluster.ts';

export const shop = named('shop');
export const shopImage = (version: string): string => `quay.example.com/myorg/shop:${version}`;
const dieAfterMs = 8_000;
const fickleAfterMs = 12_000;
const foreverMs = 86_400_000;

/**
 * A server that answers with its version; `crashing` ends after a while, `fickle` stops listening then, `shy` never
 * listens, `picky` only as a canary.
 */
const image: ImageRule = {
  match: /\/shop:(?<version>[\w-]+)$/,
  behaviour: ({ groups }) => {
    const version = groups?.['version'] ?? '';
    const answer = { status: 200, headers: {}, body: version };
    return {
      program: async (context) => {
        const isCanary = context.pod.metadata.labels?.['canary-for'] !== undefined;
        const isShy = version === 'shy' || (version === 'picky' && !isCanary);
        const serve = serverProgram(isShy ? () => [] : declaredPorts, () => Promise.resolve(answer));
        if (version === 'fickle') return serveFor(serve, fickleAfterMs, context);
        if (version !== 'crashing') return serve(context);
        const serving = serve(context);
        await Promise.race([serving, sleep(context.env.timers, dieAfterMs, context.signal)]);
        return 3;
      },
    };
  },
};

/** Serves for a while, and goes on without listening. */
async function serveFor(serve: Program, ms: number, context: ProgramContext): Promise<number> {
  const { timers } = context.env;
  const over = new AbortController();
  const serving = serve({ ...context, signal: AbortSignal.any([context.signal, over.signal]) });
  await sleep(timers, ms, context.signal);
  over.abort();
  await serving;
  await sleep(timers, foreverMs, context.signal);
  return 0;
}

/** A Deployment of three pods as somebody runs it. */
export function shopDeployment(version = 'v1', metadata: object = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...shop, labels: { app: 'shop' }, ...metadata },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'shop' } },
      template: {
        metadata: { labels: { app: 'shop', team: 'x' } },
        spec: {
          containers: [
            {
              name: 'web',
              image: shopImage(version),
              ports: [{ name: 'http', containerPort: 8088 }],
              readinessProbe: { tcpSocket: { port: 8088 }, periodSeconds: 1 },
            },
            { name: 'helper', image: shopImage('helper') },
          ],
        },
      },
    },
  };
}

/** A spec whose times are short. */
export const canaryPodSpec = (version = 'v1', fields: object = {}) => ({
  targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
  canaryPod: { container: 'web', image: shopImage(version), durationSeconds: 60, ...fields },
  deploymentReadyWaitTime: 2,
  drainSeconds: 1,
  progressDeadlineSeconds: 30,
});

/** A cluster in which somebody runs the shop, and no operator yet. */
export async function shopCluster(options: SimulationOptions = {}, deployment = shopDeployment()): Promise<Keeper> {
  const sim = new Keeper({ ...options, world: { ...options.world, images: [image] } });
  sim.cluster.server.loopback.create(Deployment, deployment);
  await sim.env.time.advance(5_000);
  return sim;
}

/** A simulation with words for an image that is tried in a single pod. */
export class Keeper extends Simulation {
  watchOver(version = 'v1', fields: object = {}): void {
    this.cluster.server.loopback.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: shop,
      spec: canaryPodSpec(version, fields) as unknown as CanaryAppSpec,
    });
  }

  /** A CanaryApp of another name. */
  createAdopted(name: string, spec: object): void {
    this.cluster.server.loopback.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: named(name),
      spec: spec as CanaryAppSpec,
    });
  }

  override get app(): CanaryApp {
    const app = this.cluster.server.loopback.get(CanaryApp, shop);
    if (app === undefined) throw new Error('there is no CanaryApp shop');
    return app;
  }

  get status(): Partial<CanaryAppStatus> {
    return this.cluster.server.loopback.get(CanaryApp, shop)?.status ?? {};
  }

  /** Asks for another image to be tried. */
  try(version: string): void {
    const { app } = this;
    const spec = { ...app.spec, canaryPod: canaryPodSpec(version).canaryPod };
    this.cluster.server.loopback.update(CanaryApp, { ...app, spec });
  }

  get deployment(): Deployment {
    const live = this.cluster.server.loopback.get(Deployment, shop);
    if (live === undefined) throw new Error('there is no Deployment shop');
    return live;
  }

  /** What the Deployment's first container runs. */
  get image(): string | undefined {
    return this.deployment.spec?.template.spec?.containers[0]?.image;
  }

  /** Changes the Deployment as its owner would. */
  change(changed: (live: Deployment) => Deployment): void {
    this.cluster.server.loopback.update(Deployment, changed(structuredClone(this.deployment)));
  }

  /** Sets the image as `kubectl set image` does. */
  setImage(version: string): void {
    this.change((live) => {
      const [web] = live.spec?.template.spec?.containers ?? [];
      if (web !== undefined) Object.assign(web, { image: shopImage(version) });
      return live;
    });
  }

  get pod(): Pod | undefined {
    return this.cluster.server.loopback.get(Pod, named('shop-canary'));
  }

  /** Notes an alert on the pod, as the receiver does. */
  alert(name: string): void {
    const { pod } = this;
    if (pod === undefined) throw new Error('there is no canary pod');
    const annotations = { ...pod.metadata.annotations, [alertAnnotation]: name };
    this.cluster.server.loopback.update(Pod, { ...pod, metadata: { ...pod.metadata, annotations } });
  }

  /** Whether the pod takes requests, and status says so. */
  get isTried(): boolean {
    return (this.status.trafficShift ?? 0) > 0;
  }

  until(isSo: () => boolean, limitMs = 600_000): Promise<void> {
    return this.env.time.until(isSo, limitMs);
  }

  override untilPhase(phase: string, limitMs = 600_000): Promise<void> {
    return this.until(
      () => this.status.phase === phase && this.status.observedGeneration === this.app.metadata.generation,
      limitMs,
    );
  }
}
