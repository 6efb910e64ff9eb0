import { afterEach, describe, expect, it, vi } from 'vitest';

import { sleep } from '@canaryop/reconcile/env';
import { Deployment } from '@canaryop/reconcile/kinds';
import { declaredPorts, sampleHandler, serverProgram, type ImageRule } from '@canaryop/simkube';

import type * as ownedDeployment from '../../src/targets/owned/owned-deployment.ts';
import type * as planModule from '../../src/rollout/plan.ts';
import type { Observation, Plan } from '../../src/rollout/plan.ts';
import type { Settings } from '../../src/rollout/settings.ts';
import type { CanaryApp, RunStatus } from '../../src/api/v1/canaryapp.ts';
import { revisionOf } from '../../src/api/v1/revision.ts';
import type * as servicesModule from '../../src/traffic/services/owned-services.ts';
import { appKey, type Simulation } from './simulated-cluster.ts';
import { v1, v2, v3, watchStory, type Sightings, type Story } from './museum-story.ts';

/** The planner of an application's mode, which may be told to go by other settings. */
type Planner = (observed: Observation, now: number, settings?: Partial<Settings>) => Plan;

/** What is planted; a part that is absent is as it should be. */
interface Plant {
  readonly plan?: (real: Planner, observed: Observation, now: number) => Plan;
  readonly deployment?: (real: ReturnType<typeof ownedDeployment.deploymentOf>) => typeof real;
  readonly ports?: (ports: readonly number[]) => readonly number[];
}

const planted = vi.hoisted((): { now: Plant } => ({ now: {} }));

vi.mock('../../src/rollout/plan.ts', async (original) => {
  const real = await original<typeof planModule>();
  const plan: typeof real.plan = (mode, observed, now) => {
    const planner: Planner = (seen, at, settings) =>
      real.plan({ ...mode, settings: { ...mode.settings, ...settings } }, seen, at);
    return planted.now.plan === undefined ? planner(observed, now) : planted.now.plan(planner, observed, now);
  };
  return { ...real, plan };
});
vi.mock('../../src/targets/owned/owned-deployment.ts', async (original) => {
  const real = await original<typeof ownedDeployment>();
  const deploymentOf: typeof real.deploymentOf = (parts) => {
    const deployment = real.deploymentOf(parts);
    return planted.now.deployment?.(deployment) ?? deployment;
  };
  return { ...real, deploymentOf };
});
vi.mock('../../src/traffic/services/owned-services.ts', async (original) => {
  const real = await original<typeof servicesModule>();
  const ownedService: typeof real.ownedService = (metadata, selector, ports) =>
    real.ownedService(metadata, selector, planted.now.ports?.(ports) ?? ports);
  return { ...real, ownedService };
});

afterEach(() => {
  planted.now = {};
});

const runIn = ({ app }: Observation): Partial<RunStatus> => app.status?.run ?? {};
const withStatus = (observed: Observation, status: Partial<NonNullable<CanaryApp['status']>>): Observation => ({
  ...observed,
  app: { ...observed.app, status: { ...observed.app.status, ...status } as NonNullable<CanaryApp['status']> },
});
const isOf = (kind: string) => (write: Plan['writes'][number]) => write.kind.kind === kind;

const rollOut = async (sim: Simulation): Promise<void> => {
  sim.edit({ image: v2 });
  await sim.env.time.advance(1_000);
  await sim.untilPhase('Released');
};
const primaryImage = (sim: Simulation): string | undefined =>
  sim.cluster.server.loopback.get(Deployment, { ...appKey, name: 'demo-primary' })?.spec?.template.spec?.containers[0]
    ?.image;
const atWeight = (sim: Simulation): Promise<void> => sim.env.time.until(() => (sim.weight ?? 0) >= 25);
const atStage = (sim: Simulation, stage: string): Promise<void> =>
  sim.env.time.until(() => sim.app.status?.run?.stage === stage);
const fail3 = async (sim: Simulation): Promise<void> => {
  sim.edit({ image: v3 });
  await atWeight(sim);
  const stop = sim.sendRequests('/nothello', 100);
  await sim.env.time.until(() => sim.app.status?.lastFailedTag === v3);
  stop();
};

const errorsFor = (range: string): string =>
  `increase(istio_requests_total{destination_service_name="demo",response_code=~"5.*"}[${range}]) > 2`;
const slowEndpoints = { lags: { endpointsMs: 4_000 } };
const slowConfig = { lags: { configMs: 4_000 } };

/** v2 listens three seconds after its start. */
const slowStart: ImageRule = {
  match: /:v2$/,
  behaviour: {
    program: async (context) => {
      await sleep(context.env.timers, 3_000, context.signal);
      return serverProgram(declaredPorts, sampleHandler('v2'))(context);
    },
  },
};

const rollout: Story = { tell: rollOut };
const changedMind: Story = {
  tell: async (sim) => {
    sim.edit({ image: v2 });
    await atWeight(sim);
    sim.edit({ image: v1 });
    await sim.env.time.advance(1_000);
    await sim.untilPhase('Released');
  },
};
/** The ingress has followed the weight, however late it does, before it is taken back. */
const changedMindLater: Story = {
  spec: { trafficShiftUpdateInterval: 30 },
  tell: async (sim) => {
    sim.edit({ image: v2 });
    await atWeight(sim);
    await sim.env.time.advance(6_000);
    sim.edit({ image: v1 });
    await sim.env.time.advance(1_000);
    await sim.untilPhase('Released');
  },
};
const changedAtPromotion: Story = {
  tell: async (sim) => {
    sim.edit({ image: v2 });
    await atStage(sim, 'Promoting');
    sim.edit({ image: v3 });
    await sim.env.time.advance(8_000);
  },
};
const diesAtPromotion: Story = {
  tell: async (sim, restart) => {
    sim.edit({ image: v2 });
    await sim.env.time.until(() => primaryImage(sim) === v2);
    restart();
    await sim.env.time.advance(40_000);
  },
};
const diesAtFailure: Story = {
  spec: { prometheusQuery: errorsFor('5s') },
  tell: async (sim, restart) => {
    sim.edit({ image: v3 });
    await atWeight(sim);
    const stop = sim.sendRequests('/nothello', 100);
    await sim.env.time.until(() => sim.weight === 0);
    restart();
    stop();
    await sim.env.time.advance(40_000);
  },
};
const rollback: Story = {
  spec: { prometheusQuery: errorsFor('5s') },
  tell: async (sim) => {
    await fail3(sim);
    await sim.untilPhase('Failed').catch(() => undefined);
    await sim.env.time.advance(30_000);
  },
};
const goodAfterBad = (range: string): Story => ({
  spec: { prometheusQuery: errorsFor(range) },
  tell: async (sim) => {
    await fail3(sim);
    sim.edit({ image: v2 });
    await sim.env.time.advance(1_000);
    await sim.env.time.until(() => sim.app.status?.releasedImage === v2 || sim.app.status?.lastFailedTag === v2);
  },
});

/** v2 starts as secondary, but not on primary. */
function brokenPromotion(): Story {
  let isNeverReady = false;
  const program = serverProgram(declaredPorts, sampleHandler('v2'));
  return {
    world: { images: [{ match: /:v2$/, behaviour: () => ({ isNeverReady, program }) }] },
    tell: async (sim) => {
      sim.edit({ image: v2 });
      await atStage(sim, 'Promoting');
      isNeverReady = true;
      await sim.env.time.until(() => sim.app.status?.run === undefined, 300_000);
    },
  };
}

interface Exhibit {
  readonly rule: string;
  readonly story: () => Story;
  readonly plant: Plant;
  /** What the onlooker sees of the omission, and does not see without it. */
  readonly sees: (sightings: Sightings) => boolean;
}

const failedRequests = ({ failedRequests: count }: Sightings): boolean => count > 0;

const exhibits: readonly Exhibit[] = [
  {
    rule: 'the DestinationRule is made before the VirtualService',
    story: () => ({ fromTheStart: true, tell: () => Promise.resolve() }),
    plant: {
      plan: (real, observed, now) => {
        const planned = real(observed, now);
        const later = planned.writes.filter(isOf('DestinationRule'));
        return { ...planned, writes: [...planned.writes.filter((write) => !later.includes(write)), ...later] };
      },
    },
    sees: ({ unknownDestinations }) => unknownDestinations > 0,
  },
  {
    rule: 'secondary has capacity before it has weight',
    story: () => rollout,
    plant: {
      plan: (real, observed, now) => {
        const isTried = ['Starting', 'Shifting'].includes(runIn(observed).stage ?? '');
        if (!isTried || observed.secondary === undefined) return real(observed, now);
        return real(
          { ...observed, secondary: { ...observed.secondary, readyPods: 1, ready: true, readySince: 0 } },
          now,
        );
      },
    },
    sees: failedRequests,
  },
  {
    rule: 'secondary settles before its first weight',
    story: () => ({ ...rollout, world: slowEndpoints }),
    plant: {
      plan: (real, observed, now) => real(observed, now, runIn(observed).stage === 'Starting' ? { settleMs: 0 } : {}),
    },
    sees: failedRequests,
  },
  {
    rule: 'weight 0 is read back before secondary is removed',
    story: () => changedMind,
    plant: {
      plan: (real, observed, now) => {
        const planned = real(runIn(observed).stage === 'Ending' ? { ...observed, weight: 0 } : observed, now);
        const ends = planned.status?.run?.stage === 'Ending';
        return ends
          ? { ...planned, writes: planned.writes.filter((write) => !isOf('VirtualService')(write)) }
          : planned;
      },
    },
    sees: failedRequests,
  },
  {
    rule: 'secondary is drained before it is removed',
    story: () => ({ ...changedMindLater, world: slowConfig }),
    plant: { plan: (real, observed, now) => real(observed, now, { drainMs: 0 }) },
    sees: failedRequests,
  },
  {
    rule: 'pods go on serving while they are stopped (preStop)',
    // Slow endpoints: with 200 ms it is a matter of luck whether a request comes in between.
    story: () => ({ ...rollout, world: slowEndpoints }),
    plant: {
      deployment: (deployment) => withContainer(deployment, ({ lifecycle: _lifecycle, ...container }) => container),
    },
    sees: failedRequests,
  },
  {
    rule: 'a rolling primary is never short of a pod (maxUnavailable 0)',
    story: () => rollout,
    plant: {
      deployment: (deployment) =>
        ({
          ...deployment,
          spec: {
            ...deployment.spec,
            strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '100%' } },
          },
        }) as typeof deployment,
    },
    sees: failedRequests,
  },
  {
    rule: 'pods have a readiness probe',
    story: () => ({ ...rollout, world: { images: [slowStart] } }),
    plant: {
      deployment: (deployment) => withContainer(deployment, ({ readinessProbe: _probe, ...container }) => container),
    },
    sees: failedRequests,
  },
  {
    rule: 'primary is ready before promotion’s weight 0',
    story: () => brokenPromotion(),
    plant: {
      plan: (real, observed, now) => {
        const { stage, revision = '', image = '', port = 0 } = runIn(observed);
        if (stage !== 'Promoting' || observed.primary === undefined) return real(observed, now);
        const primary = { ...observed.primary, ready: true, readySince: 0, revision: { id: revision, image, port } };
        return real({ ...observed, primary }, now);
      },
    },
    sees: ({ unready, dishonest }) => unready > 0 && dishonest.length > 0,
  },
  {
    rule: 'primary settles before promotion’s weight 0',
    story: () => rollout,
    plant: {
      plan: (real, observed, now) => real(observed, now, runIn(observed).stage === 'Promoting' ? { settleMs: 0 } : {}),
    },
    sees: ({ unready }) => unready > 0,
  },
  {
    rule: 'after a failed promotion primary is restored before weight 0',
    story: () => brokenPromotion(),
    plant: {
      plan: (real, observed, now) => {
        const planned = real(observed, now);
        const { run } = observed.app.status ?? {};
        if (run === undefined || planned.status?.run?.stage !== 'Restoring') return planned;
        return real(withStatus(observed, { run: { ...run, stage: 'Ending', outcome: 'Failed', step: 0 } }), now);
      },
    },
    sees: ({ unready }) => unready > 0,
  },
  {
    rule: 'the old port is listed until the routes have changed',
    story: () => ({
      tell: async (sim) => {
        sim.edit({ imageListenPort: 9090, image: v2 });
        await sim.env.time.advance(1_000);
        await sim.untilPhase('Released');
      },
    }),
    plant: { ports: (ports) => (ports.includes(9090) ? [9090] : ports) },
    sees: failedRequests,
  },
  {
    rule: 'only the judged revision goes to primary',
    story: () => changedAtPromotion,
    plant: {
      plan: (real, observed, now) => {
        const { run } = observed.app.status ?? {};
        const { image = '', imageListenPort = 0 } = observed.app.spec;
        if (run?.stage !== 'Promoting') return real(observed, now);
        const wanted = { ...run, image, revision: revisionOf(image, imageListenPort).id };
        return real(withStatus(observed, { run: wanted }), now);
      },
    },
    sees: ({ untested }) => untested.length > 0,
  },
  {
    rule: 'a promotion is recorded before primary changes',
    story: () => diesAtPromotion,
    plant: {
      plan: (real, observed, now) => {
        const { status, ...planned } = real(observed, now);
        const begins = status?.run?.stage === 'Promoting' && runIn(observed).stage !== 'Promoting';
        return begins || status === undefined ? planned : { ...planned, status };
      },
    },
    // It goes back and forth, and v2 has to be judged again.
    sees: ({ primary }) => primary.length > 2,
  },
  {
    rule: 'a failure is recorded before its release is cleared away',
    story: () => diesAtFailure,
    plant: {
      plan: (real, observed, now) => {
        const { status, ...planned } = real(observed, now);
        const begins = status?.run?.stage === 'Ending' && runIn(observed).stage !== 'Ending';
        return begins || status === undefined ? planned : { ...planned, status };
      },
    },
    sees: ({ lastFailed }) => lastFailed !== v3,
  },
  {
    rule: 'a failed revision is not tried again',
    story: () => rollback,
    plant: { plan: (real, observed, now) => real(withStatus(observed, { failedRevisions: [] }), now) },
    sees: ({ secondaries }) => secondaries.filter((image) => image === v3).length > 1,
  },
  {
    rule: 'a query that fails already judges nobody (AlreadyFailing)',
    story: () => goodAfterBad('60s'),
    plant: {
      plan: (real, observed, now) => {
        const { measurement } = observed;
        if (runIn(observed).stage !== 'Starting' || measurement === undefined) return real(observed, now);
        return real({ ...observed, measurement: { ...measurement, verdict: 'pass' } }, now);
      },
    },
    sees: ({ lastFailed }) => lastFailed === v2,
  },
  {
    rule: 'the query does not look back before the revision’s first traffic',
    story: () => goodAfterBad('5s'),
    plant: {
      plan: (real, observed, now) => {
        const planned = real(observed, now);
        const { measure } = planned;
        if (measure?.since === undefined) return planned;
        return { ...planned, measure: { ...measure, since: now - 120_000 } };
      },
    },
    sees: ({ lastFailed }) => lastFailed === v2,
  },
];

describe('the simulation sees it when the operator forgets that', () => {
  for (const { rule, story, plant, sees } of exhibits) {
    it(rule, async () => {
      const sound = await watchStory(story());
      expect(sees(sound), `seen without the omission: ${JSON.stringify(sound)}`).toBe(false);
      planted.now = plant;
      const broken = await watchStory(story());
      expect(sees(broken), `not seen: ${JSON.stringify(broken)}`).toBe(true);
    });
  }
});

type Deployed = ReturnType<typeof ownedDeployment.deploymentOf>;
type Container = NonNullable<NonNullable<Deployed['spec']>['template']['spec']>['containers'][number];

function withContainer(deployment: Deployed, change: (container: Container) => Container): Deployed {
  const { spec } = deployment;
  if (spec?.template.spec === undefined) return deployment;
  const containers = spec.template.spec.containers.map(change);
  const template = { ...spec.template, spec: { ...spec.template.spec, containers } };
  return { ...deployment, spec: { ...spec, template } };
}
