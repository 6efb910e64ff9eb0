import { describeAdoptedCrashes, once, type AdoptedStory } from './adopted-crash-story.ts';
import { deletion } from './deployment-crash-stories.ts';
import { hasFailed, hasReleased, rollback, rollout, shiftingSpec, toGreen } from './service-crash-stories.ts';
import { lead, serviceCluster, serviceFor } from './service-simulation.ts';

const changedMind = (): AdoptedStory => {
  const back = once(
    (sim) => sim.share === 50,
    (sim) => {
      lead(sim, serviceFor('blue'));
    },
  );
  return {
    name: 'a changed mind',
    tell: toGreen,
    meanwhile: (sim) => {
      back.look(sim);
    },
    isOver: (sim) => back.isDone && hasReleased(sim, 'blue'),
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
    tell: toGreen,
    meanwhile: (sim) => {
      command.look(sim);
    },
    isOver: hasFailed,
  };
};

describeAdoptedCrashes('an adopted Service', { cluster: serviceCluster, spec: shiftingSpec }, [
  rollout,
  rollback,
  changedMind,
  abort,
  deletion,
]);
