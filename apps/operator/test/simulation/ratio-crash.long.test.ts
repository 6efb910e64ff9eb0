import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { describeAdoptedCrashes, isAtRest, once, type AdoptedStory } from './adopted-crash-story.ts';
import { podinfo, type AdoptedSimulation } from './adopted-simulation.ts';
import { ratioCluster, ratioSpec } from './ratio-simulation.ts';

const isHalf = (sim: AdoptedSimulation): boolean => sim.adopted()?.status?.trafficShift === 50;
const hasReleased = (sim: AdoptedSimulation, version: string): boolean =>
  isAtRest(sim) && sim.adopted()?.status?.releasedImage.endsWith(version) === true;
const hasFailed = (sim: AdoptedSimulation): boolean => isAtRest(sim) && sim.adopted()?.status?.phase === 'Failed';

const rollout = (): AdoptedStory => ({
  name: 'a rollout',
  tell: (sim) => {
    sim.release('v2');
  },
  isOver: (sim) => hasReleased(sim, 'v2'),
});

const rollback = (): AdoptedStory => {
  const abort = once(isHalf, (sim) => {
    sim.command('abort@next#1');
  });
  return {
    name: 'a rollback, after which the target is put back',
    tell: (sim) => {
      sim.release('v2');
    },
    meanwhile: (sim) => {
      abort.look(sim);
    },
    isOver: hasFailed,
  };
};

const scaling = (): AdoptedStory => ({
  name: 'a change of the count',
  tell: (sim) => {
    sim.scaleTarget(6);
  },
  isOver: (sim) => isAtRest(sim) && sim.deployment('podinfo-primary')?.status?.readyReplicas === 6,
});

const scalingBetween = (): AdoptedStory => {
  const scale = once(isHalf, (sim) => {
    sim.scaleTarget(6);
  });
  return {
    name: 'a change of the count in the middle of a rollout',
    tell: (sim) => {
      sim.release('v2');
    },
    meanwhile: (sim) => {
      scale.look(sim);
    },
    isOver: (sim) => hasReleased(sim, 'v2'),
  };
};

const changedMind = (): AdoptedStory => {
  const back = once(isHalf, (sim) => {
    sim.release('v1');
  });
  return {
    name: 'a changed mind',
    tell: (sim) => {
      sim.release('v2');
    },
    meanwhile: (sim) => {
      back.look(sim);
    },
    isOver: (sim) => back.isDone && hasReleased(sim, 'v1'),
  };
};

const deletion = (): AdoptedStory => {
  const removal = once(isHalf, (sim) => {
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
  });
  return {
    name: 'a deletion in the middle of a rollout',
    tell: (sim) => {
      sim.release('v2');
    },
    meanwhile: (sim) => {
      removal.look(sim);
    },
    isOver: (sim) => sim.adopted() === undefined,
  };
};

describeAdoptedCrashes('a replica ratio', { cluster: ratioCluster, spec: ratioSpec }, [
  rollout,
  rollback,
  scaling,
  scalingBetween,
  changedMind,
  deletion,
]);
