import { ControllerRevision, Deployment, Service } from '@canaryop/reconcile/kinds';
import type { ResourceKind } from '@canaryop/reconcile/object';
import type { CrashPoint } from '@canaryop/testkit';
import { describe } from 'vitest';

import { imageOf, named, type AdoptedSimulation } from './adopted-simulation.ts';
import { itSurvivesEveryDeath, OneDeath, type Told } from './every-death.ts';
import type { SimulationOptions } from './simulated-cluster.ts';

/** What happens to an adopted podinfo, and how it is known to be over. */
export interface AdoptedStory {
  readonly name: string;
  readonly tell: (sim: AdoptedSimulation) => void;
  /** Called each tenth of a second. */
  readonly meanwhile?: (sim: AdoptedSimulation) => void;
  readonly isOver: (sim: AdoptedSimulation) => boolean;
  /** At its end nobody is reached at the gateway any more, however long that is looked at. */
  readonly endsUnrouted?: true;
}

/** Where stories happen. */
export interface Setting {
  /** A cluster with what is adopted, and no operator yet. */
  readonly cluster: (options: SimulationOptions) => Promise<AdoptedSimulation>;
  /** Of the CanaryApp. */
  readonly spec: object;
}

/** Times that are short, so that hundreds of runs are quick; the number of requests is that of the default times. */
export const quickSpec = {
  analysis: {
    intervalSeconds: 4,
    threshold: 1,
    metrics: [{ name: 'request-success-rate', min: 99, intervalSeconds: 5 }],
  },
  deploymentReadyWaitTime: 1,
  drainSeconds: 1,
  strategy: { stepWeight: 25, maxWeight: 50 },
};

/** Whether no run is under way, and it is known how the last one ended. */
export const isAtRest = (sim: AdoptedSimulation): boolean => {
  const status = sim.adopted()?.status;
  return status?.phase !== undefined && ['Released', 'Failed'].includes(status.phase) && status.run === undefined;
};

/** Things that are done once, when their moment has come. */
export function once(when: (sim: AdoptedSimulation) => boolean, act: (sim: AdoptedSimulation) => void) {
  let isDone = false;
  return {
    get isDone() {
      return isDone;
    },
    look(sim: AdoptedSimulation): void {
      if (isDone || !when(sim)) return;
      isDone = true;
      act(sim);
    },
  };
}

async function tell({ cluster, spec }: Setting, story: AdoptedStory, point?: CrashPoint): Promise<Told> {
  const death = new OneDeath(point);
  const sim = await cluster({ wrap: death.wrap });
  const operator = sim.startOperator();
  sim.adopt(spec);
  await sim.untilAdopted('Released');
  await sim.env.time.advance(2_000);
  sim.sendRequests('/hello', 100);
  death.arm(() => {
    operator.kill();
  });
  story.tell(sim);
  const limit = sim.env.clock.now() + 300_000;
  while (!story.isOver(sim)) {
    if (sim.env.clock.now() > limit) throw new Error(`no end: ${JSON.stringify(sim.adopted()?.status)}`);
    await sim.env.time.advance(100);
    story.meanwhile?.(sim);
    death.replace(() => sim.startOperator());
  }
  await sim.env.time.advance(15_000);
  const end = { ...endOf(sim), lost: story.endsUnrouted === true ? [] : sim.failures() };
  await sim.stop();
  return { requests: death.requests, end };
}

const kindsOfObjects: readonly ResourceKind[] = [Deployment, Service, ControllerRevision];

function endOf(sim: AdoptedSimulation): object {
  const { loopback } = sim.cluster.server;
  const { phase, releasedImage, lastFailedTag, trafficShift, failedRevisions = [] } = sim.adopted()?.status ?? {};
  return {
    primary: imageOf(sim.deployment('podinfo-primary')),
    leadsTo: ['podinfo', 'podinfo-primary', 'podinfo-canary'].map(
      (name) => loopback.get(Service, named(name))?.spec?.selector,
    ),
    targetCount: sim.deployment()?.spec?.replicas,
    share: sim.share,
    phase,
    releasedImage,
    lastFailedTag,
    trafficShift,
    failed: failedRevisions.map(({ image }) => image),
    left: [...kindsOfObjects, ...sim.routeKinds].flatMap((kind) =>
      loopback.list(kind).map(({ metadata }) => `${kind.kind} ${metadata.name}`),
    ),
  };
}

/** Each request of each story, and each moment around it, is a place to die once. */
export function describeAdoptedCrashes(what: string, setting: Setting, stories: readonly (() => AdoptedStory)[]): void {
  describe.each(stories.map((story) => [story().name, story] as const))(`%s of ${what}`, (_name, story) => {
    itSurvivesEveryDeath((point) => tell(setting, story(), point), { requests: 5, end: { lost: [] } });
  });
}
