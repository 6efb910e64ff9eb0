import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { describeAdoptedCrashes, isAtRest, once, quickSpec, type AdoptedStory } from './adopted-crash-story.ts';
import { podinfo, podinfoCluster } from './adopted-simulation.ts';

const rollout = (): AdoptedStory => ({
  name: 'a rollout',
  tell: (sim) => {
    sim.release('v2');
  },
  isOver: (sim) => isAtRest(sim) && sim.adopted()?.status?.releasedImage.endsWith('v2') === true,
});

const rollback = (): AdoptedStory => {
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

const deletion = (): AdoptedStory => ({
  name: 'a deletion',
  tell: (sim) => {
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
  },
  isOver: (sim) => sim.adopted() === undefined,
  endsUnrouted: true,
});

describeAdoptedCrashes('an adopted Deployment', { cluster: podinfoCluster, spec: quickSpec }, [
  rollout,
  rollback,
  changedMind,
  abort,
  bypass,
  deletion,
]);
