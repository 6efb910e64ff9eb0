import { Deployment } from '@canaryop/reconcile/kinds';
import { resourcePath } from '@canaryop/reconcile/object';
import { adminUser } from '@canaryop/simkube';
import { afterEach, describe, expect, it } from 'vitest';

import { image, imageOf, podinfo, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

const minuteMs = 60_000;

/** A git tool that holds the target's count at 2, and looks every few seconds. */
function holdCount(sim: AdoptedSimulation): { readonly writes: number; stop(): void } {
  let writes = 0;
  let cancel = (): void => undefined;
  const look = (): void => {
    cancel = sim.env.timers.schedule(5_000, () => {
      if (sim.deployment()?.spec?.replicas !== 2) {
        writes += 1;
        void sim.cluster.server.transport(adminUser).request({
          method: 'PATCH',
          url: `https://simkube${resourcePath(Deployment, podinfo)}?fieldManager=argocd-controller`,
          headers: { 'content-type': 'application/merge-patch+json', accept: 'application/json' },
          body: JSON.stringify({ spec: { replicas: 2 } }),
        });
      }
      look();
    });
  };
  look();
  return {
    get writes() {
      return writes;
    },
    stop: () => {
      cancel();
    },
  };
}

/** Podinfo, at rest, whose count somebody holds. */
async function contested() {
  const sim = await podinfoCluster();
  simulation = sim;
  sim.startOperator();
  sim.adopt();
  await sim.untilAdopted('Released');
  sim.sendRequests('/hello', 200);
  const fighter = holdCount(sim);
  await sim.env.time.until(() => sim.condition('AbleToScale') !== undefined, 5 * minuteMs);
  return { sim, fighter };
}

describe('a count that somebody else holds', () => {
  it('is let be after three times, and the condition says who holds it, and what to do', async () => {
    const { sim, fighter } = await contested();
    expect(sim.condition('AbleToScale')).toMatchObject({ status: 'False', reason: 'ReplicasContested' });
    expect(sim.condition('AbleToScale')?.message).toMatch(/argocd-controller.*spec\.replicas/s);
    await sim.untilAdopted('Released');
    expect(sim.condition('Ready')?.status).toBe('True');
    const { writes } = fighter;
    expect(writes).toBeLessThanOrEqual(4);
    await sim.env.time.advance(60 * minuteMs);
    expect(fighter.writes - writes).toBeLessThanOrEqual(6);
    expect(sim.condition('AbleToScale')?.status).toBe('False');
    expect(sim.failures()).toEqual([]);
    const told = sim.adopted()?.status?.decisions?.filter(({ reason }) => reason === 'ReplicasContested') ?? [];
    expect(told.length).toBeLessThanOrEqual(1);
  });

  it('costs no write while it is let be', async () => {
    const { sim } = await contested();
    await sim.untilAdopted('Released');
    await sim.env.time.advance(minuteMs);
    const before = sim.requests.length;
    await sim.env.time.advance(5 * minuteMs);
    expect(sim.requests.slice(before).filter(({ verb }) => verb === 'patch' || verb === 'create')).toEqual([]);
  });

  it('is set to 0 once nobody holds it any more, and the condition goes', async () => {
    const { sim, fighter } = await contested();
    fighter.stop();
    await sim.env.time.until(() => sim.deployment()?.spec?.replicas === 0, 15 * minuteMs);
    await sim.env.time.until(() => sim.condition('AbleToScale') === undefined, minuteMs);
    await sim.untilAdopted('Released');
    expect(sim.condition('Ready')?.status).toBe('True');
  });

  it('is no longer said to be held as soon as somebody sets it to 0', async () => {
    const { sim, fighter } = await contested();
    fighter.stop();
    sim.scaleTarget(0);
    await sim.env.time.until(() => sim.condition('AbleToScale') === undefined, minuteMs);
    expect(sim.adopted()?.status?.phase).toBe('Released');
  });

  it('keeps no release from its end', async () => {
    const { sim } = await contested();
    sim.release('v2');
    await sim.env.time.until(
      () => sim.adopted()?.status?.releasedImage === image('v2') && sim.adopted()?.status?.run === undefined,
      15 * minuteMs,
    );
    expect(imageOf(sim.deployment('podinfo-primary'))).toBe(image('v2'));
    expect(sim.condition('Ready')?.status).toBe('True');
    expect(sim.failures()).toEqual([]);
  });

  it('is let be by an operator that starts anew, too', async () => {
    const { sim, fighter } = await contested();
    await sim.untilAdopted('Released');
    const { writes } = fighter;
    for (let restart = 0; restart < 5; restart += 1) {
      await sim.stopOperators();
      sim.startOperator();
      await sim.env.time.advance(minuteMs);
    }
    expect(fighter.writes).toBe(writes);
    expect(sim.condition('AbleToScale')?.status).toBe('False');
  });

  it('from the first moment on does not keep an adoption from its end', async () => {
    const sim = await podinfoCluster();
    simulation = sim;
    holdCount(sim);
    sim.sendRequests('/hello', 200);
    sim.startOperator();
    sim.adopt();
    await sim.env.time.until(() => sim.condition('AbleToScale') !== undefined, 10 * minuteMs);
    await sim.untilAdopted('Released');
    expect(sim.condition('Ready')?.status).toBe('True');
    expect(sim.share).toBe(0);
  });
});
