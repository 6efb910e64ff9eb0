import { describeAdoptedCrashes, isAtRest, once, quickSpec, type AdoptedStory } from './adopted-crash-story.ts';
import { podinfoCluster } from './adopted-simulation.ts';
import { deletion, rollback, rollout } from './deployment-crash-stories.ts';

const changedMind = (): AdoptedStory => {
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

const abort = (): AdoptedStory => {
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

const bypass = (): AdoptedStory => {
  const change = once(
    (sim) => sim.adopted()?.status?.bypass !== undefined,
    (sim) => {
      sim.release('v2');
    },
  );
  return {
    name: 'a bypass',
    tell: (sim) => {
      sim.command('bypass@next#1');
    },
    meanwhile: (sim) => {
      change.look(sim);
    },
    isOver: (sim) => isAtRest(sim) && sim.adopted()?.status?.releasedImage.endsWith('v2') === true,
  };
};

describeAdoptedCrashes('an adopted Deployment', { cluster: podinfoCluster, spec: quickSpec }, [
  rollout,
  rollback,
  changedMind,
  abort,
  bypass,
  deletion,
]);
