import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { describeAdoptedCrashes, isAtRest, once, quickSpec, type AdoptedStory } from './adopted-crash-story.ts';
import { podinfo, type AdoptedSimulation } from './adopted-simulation.ts';
import { lead, serviceCluster, serviceFor } from './service-simulation.ts';

/** What is judged by whom it serves: Services have no workload of their own. */
const metrics = [
  { name: 'errors', query: 'sum(increase(istio_requests_total{response_code="500"}[5s])) or vector(0)', max: 0 },
];
const spec = {
  ...quickSpec,
  targetRef: { apiVersion: 'v1', kind: 'Service', name: 'podinfo' },
  analysis: { ...quickSpec.analysis, metrics },
};

const toGreen = (sim: AdoptedSimulation): void => {
  lead(sim, serviceFor('green'));
};
const hasReleased = (sim: AdoptedSimulation, colour: 'blue' | 'green'): boolean =>
  isAtRest(sim) && sim.adopted()?.status?.releasedImage === `app=podinfo-${colour}`;
const hasFailed = (sim: AdoptedSimulation): boolean => isAtRest(sim) && sim.adopted()?.status?.lastFailedTag !== '';

const rollout = (): AdoptedStory => ({ name: 'a rollout', tell: toGreen, isOver: (sim) => hasReleased(sim, 'green') });

const rollback = (): AdoptedStory => {
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

const deletion = (): AdoptedStory => ({
  name: 'a deletion',
  tell: (sim) => {
    sim.cluster.server.loopback.delete(CanaryApp, podinfo);
  },
  isOver: (sim) => sim.adopted() === undefined,
  endsUnrouted: true,
});

describeAdoptedCrashes('an adopted Service', { cluster: serviceCluster, spec }, [
  rollout,
  rollback,
  changedMind,
  abort,
  deletion,
]);
