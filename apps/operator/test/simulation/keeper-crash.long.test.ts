import type { CrashPoint } from '@canaryop/testkit';
import { describe } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { itSurvivesEveryDeath, OneDeath, type Told } from './every-death.ts';
import { shop, shopCluster, shopDeployment, shopImage, type Keeper } from './keeper-simulation.ts';

/** From the label to a failure by an alert, its clearing, and the image on the workload. */
async function tell(point?: CrashPoint): Promise<Told> {
  const death = new OneDeath(point);
  const annotations = { 'canary-image': shopImage('v2'), 'canary-name': 'web', 'canary-duration': '20s' };
  const sim = await shopCluster({ wrap: death.wrap }, shopDeployment('v1', { annotations }));
  const operator = sim.startOperator();
  await sim.env.time.advance(2_000);
  death.arm(() => {
    operator.kill();
  });
  sim.change((live) => ({ ...live, metadata: { ...live.metadata, labels: { app: 'shop', canary: 'true' } } }));
  let [isAlerted, isCleared] = [false, false];
  const limit = sim.env.clock.now() + 600_000;
  while (!isCleared || sim.image !== shopImage('v2') || sim.status.phase !== 'Released') {
    death.replace(() => sim.startOperator());
    if (!isAlerted && sim.isTried) {
      sim.alert('TooManyErrors');
      isAlerted = true;
    }
    if (isAlerted && !isCleared && isAtRest(sim)) {
      clear(sim);
      isCleared = true;
    }
    if (sim.env.clock.now() > limit) throw new Error(`no end: ${JSON.stringify(sim.status)}`);
    await sim.env.time.advance(200);
  }
  await sim.env.time.advance(5_000);
  const end = endOf(sim);
  await sim.stop();
  return { requests: death.requests, end };
}

/** The failure is told, and that it was is noted. */
function isAtRest(sim: Keeper): boolean {
  const isNoted = sim.app.metadata.annotations?.['canary.atze.io/told-failure'] !== undefined;
  return isNoted && sim.deployment.metadata.annotations?.['canary-fail'] !== undefined;
}

function clear(sim: Keeper): void {
  sim.change((live) => {
    const { 'canary-fail': _cleared, ...annotations } = live.metadata.annotations ?? {};
    return { ...live, metadata: { ...live.metadata, annotations } };
  });
}

function endOf(sim: Keeper): object {
  const { annotations = {} } = sim.deployment.metadata;
  const { phase, releasedImage, failedRevisions } = sim.status;
  return {
    image: sim.image,
    pod: sim.pod?.metadata.name,
    apps: sim.cluster.server.loopback.list(CanaryApp).map(({ metadata }) => metadata.name),
    said: Object.keys(annotations).filter((key) => key.startsWith('canary')),
    phase,
    releasedImage,
    failedRevisions,
  };
}

describe('a workload with the label, whose image fails once and is cleared', () => {
  const end = { image: shopImage('v2'), pod: undefined, apps: [shop.name], phase: 'Released', failedRevisions: [] };
  itSurvivesEveryDeath(tell, { requests: 20, end });
});
