import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { isAtRest, once, type AdoptedStory } from './adopted-crash-story.ts';
import { podinfo } from './adopted-simulation.ts';

/** What happens to a Deployment, whatever routes to it. */
export const rollout = (): AdoptedStory => ({
  name: 'a rollout',
  tell: (sim) => {
    sim.release('v2');
  },
  isOver: (sim) => isAtRest(sim) && sim.adopted()?.status?.releasedImage.endsWith('v2') === true,
});

export const rollback = (): AdoptedStory => {
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

export const deletion = (): AdoptedStory => ({
  name: 'a deletion',
  tell: (sim) => {
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
  },
  isOver: (sim) => sim.adopted() === undefined,
  endsUnrouted: true,
});
