import type { CrashPoint } from '@canaryop/testkit';
import { describe } from 'vitest';

import { itSurvivesEveryDeath, OneDeath, type Told } from './every-death.ts';
import { shopCluster, shopImage, type Keeper } from './keeper-simulation.ts';

/** One try of v2, whose pod an alert may name once it takes requests. */
async function tell(hasAlert: boolean, point?: CrashPoint): Promise<Told> {
  const death = new OneDeath(point);
  const sim = await shopCluster({ wrap: death.wrap });
  const operator = sim.startOperator();
  sim.watchOver('v1');
  await sim.untilPhase('Released');
  await sim.env.time.advance(2_000);
  death.arm(() => {
    operator.kill();
  });
  sim.try('v2');
  let isAlerted = false;
  const limit = sim.env.clock.now() + 600_000;
  for (;;) {
    death.replace(() => sim.startOperator());
    if (hasAlert && !isAlerted && sim.isTried) {
      sim.alert('TooManyErrors');
      isAlerted = true;
    }
    if (isOver(sim)) break;
    if (sim.env.clock.now() > limit) throw new Error(`no end: ${JSON.stringify(sim.status)}`);
    await sim.env.time.advance(200);
  }
  await sim.env.time.advance(5_000);
  const end = endOf(sim);
  await sim.stop();
  return { requests: death.requests, end };
}

function isOver({ status, app }: Keeper): boolean {
  const isSeen = status.observedGeneration === app.metadata.generation;
  return isSeen && (status.phase === 'Released' || status.phase === 'Failed') && status.run === undefined;
}

function endOf(sim: Keeper): object {
  const { phase, releasedImage, lastFailedTag, trafficShift, failedRevisions = [] } = sim.status;
  return {
    image: sim.image,
    pod: sim.pod?.metadata.name,
    ready: sim.deployment.status?.readyReplicas,
    phase,
    releasedImage,
    lastFailedTag,
    trafficShift,
    failed: failedRevisions.map(({ message }) => message),
  };
}

describe('an image that is tried in a single pod, and does well', () => {
  const end = { image: shopImage('v2'), pod: undefined, ready: 3, phase: 'Released', releasedImage: shopImage('v2') };
  itSurvivesEveryDeath((point) => tell(false, point), { requests: 8, end });
});

describe('an image that is tried in a single pod, which an alert names', () => {
  const end = { image: shopImage('v1'), pod: undefined, ready: 3, phase: 'Failed', lastFailedTag: shopImage('v2') };
  itSurvivesEveryDeath((point) => tell(true, point), { requests: 6, end });
});
