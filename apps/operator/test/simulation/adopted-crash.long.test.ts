import { ControllerRevision, Deployment, Service } from '@canaryop/reconcile/kinds';
import type { ResourceKind } from '@canaryop/reconcile/object';
import type { CrashPoint } from '@canaryop/testkit';
import { describe } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { imageOf, podinfo, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';
import { itSurvivesEveryDeath, OneDeath, type Told } from './every-death.ts';

/** What happens to an adopted podinfo, and how it is known to be over. */
interface Story {
  readonly name: string;
  readonly tell: (sim: AdoptedSimulation) => void;
  /** Called each tenth of a second. */
  readonly meanwhile?: (sim: AdoptedSimulation) => void;
  readonly isOver: (sim: AdoptedSimulation) => boolean;
  /** At its end nobody is reached at the gateway any more, however long that is looked at. */
  readonly endsUnrouted?: true;
}

const quick = {
  analysis: {
    intervalSeconds: 4,
    threshold: 1,
    metrics: [{ name: 'request-success-rate', min: 99, intervalSeconds: 5 }],
  },
  deploymentReadyWaitTime: 1,
  drainSeconds: 1,
  strategy: { stepWeight: 25, maxWeight: 50 },
};

const isAtRest = (sim: AdoptedSimulation): boolean => {
  const status = sim.adopted()?.status;
  return status?.phase !== undefined && ['Released', 'Failed'].includes(status.phase) && status.run === undefined;
};

/** Things that are done once, when their moment has come. */
function once(when: (sim: AdoptedSimulation) => boolean, act: (sim: AdoptedSimulation) => void) {
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

const rollout = (): Story => ({
  name: 'a rollout',
  tell: (sim) => {
    sim.release('v2');
  },
  isOver: (sim) => isAtRest(sim) && sim.adopted()?.status?.releasedImage.endsWith('v2') === true,
});

const rollback = (): Story => {
  const errors = once(
    (sim) => sim.share === 25,
    (sim) => void sim.sendRequests('/nothello', 100),
  );
  return {
    name: 'a rollback',
    tell: (sim) => {
      sim.release('v3');
    },
    meanwhile: (sim) => {
      errors.look(sim);
    },
    isOver: (sim) => isAtRest(sim) && sim.adopted()?.status?.lastFailedTag !== '',
  };
};

const changedMind = (): Story => {
  const back = once(
    (sim) => sim.share === 50,
    (sim) => {
      sim.release('v1');
    },
  );
  return {
    name: 'a changed mind',
    tell: (sim) => {
      sim.release('v2');
    },
    meanwhile: (sim) => {
      back.look(sim);
    },
    isOver: (sim) => back.isDone && isAtRest(sim),
  };
};

const abort = (): Story => {
  const command = once(
    (sim) => sim.share === 25,
    (sim) => {
      sim.command('abort@next#1');
    },
  );
  return {
    name: 'an abort',
    tell: (sim) => {
      sim.release('v2');
    },
    meanwhile: (sim) => {
      command.look(sim);
    },
    isOver: (sim) => isAtRest(sim) && sim.adopted()?.status?.lastFailedTag !== '',
  };
};

const deletion = (): Story => ({
  name: 'a deletion',
  tell: (sim) => {
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
  },
  isOver: (sim) => sim.adopted() === undefined,
  endsUnrouted: true,
});

async function tell(story: Story, point?: CrashPoint): Promise<Told> {
  const death = new OneDeath(point);
  const sim = await podinfoCluster({ wrap: death.wrap });
  const operator = sim.startOperator();
  sim.adopt(quick);
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

const kindsOfObjects: readonly ResourceKind[] = [Deployment, Service, VirtualService, ControllerRevision];

function endOf(sim: AdoptedSimulation): object {
  const { loopback } = sim.cluster.server;
  const { phase, releasedImage, lastFailedTag, trafficShift, failedRevisions = [] } = sim.adopted()?.status ?? {};
  return {
    primary: imageOf(sim.deployment('podinfo-primary')),
    targetCount: sim.deployment()?.spec?.replicas,
    share: sim.share,
    phase,
    releasedImage,
    lastFailedTag,
    trafficShift,
    failed: failedRevisions.map(({ image }) => image),
    left: kindsOfObjects.flatMap((kind) => loopback.list(kind).map(({ metadata }) => `${kind.kind} ${metadata.name}`)),
  };
}

describe.each([rollout, rollback, changedMind, abort, deletion].map((story) => [story().name, story] as const))(
  '%s of an adopted Deployment',
  (_name, story) => {
    itSurvivesEveryDeath((point) => tell(story(), point), { requests: 5, end: { lost: [] } });
  },
);
