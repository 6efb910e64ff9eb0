import { isAtRest, once, quickSpec, type AdoptedStory } from './adopted-crash-story.ts';
import type { AdoptedSimulation } from './adopted-simulation.ts';
import { lead, serviceFor } from './service-simulation.ts';

/** What is judged by whom it serves: Services have no workload of their own. */
const metrics = [
  { name: 'errors', query: 'sum(increase(istio_requests_total{response_code="500"}[5s])) or vector(0)', max: 0 },
];
/** The spec of a Service that is shifted. */
export const shiftingSpec = {
  ...quickSpec,
  targetRef: { apiVersion: 'v1', kind: 'Service', name: 'podinfo' },
  analysis: { ...quickSpec.analysis, metrics },
};

/** What the user wants now. */
export const toGreen = (sim: AdoptedSimulation): void => {
  lead(sim, serviceFor('green'));
};
export const hasReleased = (sim: AdoptedSimulation, colour: 'blue' | 'green'): boolean =>
  isAtRest(sim) && sim.adopted()?.status?.releasedImage === `app=podinfo-${colour}`;
export const hasFailed = (sim: AdoptedSimulation): boolean =>
  isAtRest(sim) && sim.adopted()?.status?.lastFailedTag !== '';

export const rollout = (): AdoptedStory => ({
  name: 'a rollout',
  tell: toGreen,
  isOver: (sim) => hasReleased(sim, 'green'),
});

export const rollback = (): AdoptedStory => {
  const errors = once(
    (sim) => sim.share === 25,
    (sim) => void sim.sendRequests('/nothello', 100),
  );
  return {
    name: 'a rollback',
    tell: toGreen,
    meanwhile: (sim) => {
      errors.look(sim);
    },
    isOver: hasFailed,
  };
};
