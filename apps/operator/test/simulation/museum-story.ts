import type { Transport } from '@canaryop/reconcile/env';
import { sleep } from '@canaryop/reconcile/env';
import { Deployment } from '@canaryop/reconcile/kinds';
import type { WorldOptions } from '@canaryop/simkube';

import type { OwnedSpec } from '../../src/api/v1/canaryapp.ts';
import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { appKey, Simulation } from './simulated-cluster.ts';

/** The image that every story begins with, a good one, and the one that answers /nothello with errors. */
export const [v1, v2, v3] = ['v1', 'v2', 'v3'].map((version) => `go-status-code-server:${version}`) as [
  string,
  string,
  string,
];

/** Settling and draining outlast the slowest world here (4 s), and no more than that. */
const quick: Partial<OwnedSpec> = {
  trafficShiftUpdateInterval: 2,
  deploymentReadyWaitTime: 6,
  drainSeconds: 6,
  progressDeadlineSeconds: 60,
  strategy: { stepWeight: 25, maxWeight: 50 },
};
const settleMs = 6_000;
const apiMs = 100;

/** What happens to an application that is at rest with v1. */
export interface Story {
  readonly spec?: Partial<OwnedSpec>;
  readonly world?: Pick<WorldOptions, 'lags' | 'images'>;
  /** Whether requests are sent while it is installed, too. */
  readonly fromTheStart?: boolean;
  /** `restart` kills the operator, and starts another. */
  readonly tell: (sim: Simulation, restart: () => void) => Promise<void>;
}

/** What an onlooker saw who knows nothing of the operator but its promises. */
export interface Sightings {
  /** Requests to /hello that were not answered with 200, once the application was installed. */
  readonly failedRequests: number;
  /** Requests that met a route to a destination that nobody knows. */
  readonly unknownDestinations: number;
  /** Images on primary that never had a share of the traffic as secondary. */
  readonly untested: readonly string[];
  /** Images on primary, in order. */
  readonly primary: readonly string[];
  /** Times that traffic went to a primary that was not all there, or had not settled. */
  readonly unready: number;
  /** Images that were called released while primary did not run them. */
  readonly dishonest: readonly string[];
  /** Images of secondaries, one for each that was started. */
  readonly secondaries: readonly string[];
  readonly lastFailed: string;
  readonly released: string;
}

/** A cluster whose API server takes its time, so that what is written one after the other is not there at once. */
function slow(sim: () => Simulation): (inner: Transport) => Transport {
  return (inner) => ({
    close: () => inner.close(),
    async request(request) {
      if (request.method !== 'GET') await sleep(sim().env.timers, apiMs, new AbortController().signal);
      return inner.request(request);
    },
  });
}

/** Tells a story, and says what was seen. */
export async function watchStory(story: Story): Promise<Sightings> {
  const sim: Simulation = new Simulation({
    wrap: slow(() => sim),
    ...(story.world === undefined ? {} : { world: story.world }),
  });
  const seen = new Onlooker(sim);
  if (story.fromTheStart === true) sim.sendRequests('/hello');
  let operator = sim.startOperator();
  sim.createApp({ ...quick, ...story.spec });
  await sim.untilPhase('Released');
  await sim.env.time.advance(8_000);
  const installedAt = sim.env.clock.now();
  if (story.fromTheStart !== true) sim.sendRequests('/hello');
  await story.tell(sim, () => {
    operator.kill();
    operator = sim.startOperator();
  });
  await sim.env.time.advance(8_000);
  const sightings = seen.sightings(installedAt);
  await sim.stop();
  return sightings;
}

/** Follows what the API server has, change by change. */
class Onlooker {
  readonly #sim: Simulation;
  readonly #tested = new Set<string>([v1]);
  readonly #untested = new Set<string>();
  readonly #dishonest = new Set<string>();
  readonly #primary: string[] = [];
  readonly #secondaries: string[] = [];
  #readySince: number | undefined;
  #unready = 0;
  #weight = 0;

  constructor(sim: Simulation) {
    this.#sim = sim;
    const { loopback } = sim.cluster.server;
    loopback.watch(Deployment, ({ type, object }) => {
      const isPrimary = object.metadata.name.endsWith('-primary');
      if (isPrimary && type !== 'DELETED') this.#followPrimary(object);
      if (!isPrimary && type === 'ADDED') this.#secondaries.push(imageOf(object));
    });
    loopback.watch(VirtualService, () => {
      this.#followWeight(sim.weight ?? 0);
    });
  }

  #followPrimary(primary: Deployment): void {
    const image = imageOf(primary);
    if (image !== this.#primary.at(-1)) this.#primary.push(image);
    if (!this.#tested.has(image)) this.#untested.add(image);
    this.#readySince = isWhole(primary) ? (this.#readySince ?? this.#sim.env.clock.now()) : undefined;
  }

  #followWeight(weight: number): void {
    const { loopback } = this.#sim.cluster.server;
    const lowered = weight < this.#weight;
    this.#weight = weight;
    const secondary = loopback.get(Deployment, { ...appKey, name: 'demo-secondary' });
    if (weight > 0 && secondary !== undefined) this.#tested.add(imageOf(secondary));
    if (!lowered) return;
    const isNew = this.#primary.at(-1) !== v1;
    const readyFor = this.#readySince === undefined ? -1 : this.#sim.env.clock.now() - this.#readySince;
    if (readyFor < (isNew ? settleMs : 0)) this.#unready += 1;
  }

  /** Looks at what the status says of primary. */
  #look(): void {
    const { releasedImage = '' } = this.#sim.app.status ?? {};
    const primary = this.#sim.cluster.server.loopback.get(Deployment, { ...appKey, name: 'demo-primary' });
    if (releasedImage === '' || primary === undefined) return;
    if (releasedImage !== imageOf(primary) || !isWhole(primary)) this.#dishonest.add(releasedImage);
  }

  sightings(installedAt: number): Sightings {
    this.#look();
    const { lastFailedTag = '', releasedImage = '' } = this.#sim.app.status ?? {};
    const failures = this.#sim.failures();
    return {
      failedRequests: failures.filter(({ at }) => at >= installedAt).length,
      unknownDestinations: failures.filter(({ status, body }) => status === 503 && body === '').length,
      untested: [...this.#untested],
      primary: this.#primary,
      unready: this.#unready,
      dishonest: [...this.#dishonest],
      secondaries: this.#secondaries,
      lastFailed: lastFailedTag,
      released: releasedImage,
    };
  }
}

function imageOf(deployment: Deployment): string {
  return deployment.spec?.template.spec?.containers[0]?.image ?? '';
}

function isWhole({ spec, status = {}, metadata }: Deployment): boolean {
  const { observedGeneration, updatedReplicas, availableReplicas, replicas } = status;
  const counts = [updatedReplicas, availableReplicas, replicas];
  return observedGeneration === metadata.generation && counts.every((count) => count === spec?.replicas);
}
