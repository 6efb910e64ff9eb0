import { describe, it } from 'vitest';

import { env } from './stage/env.ts';
import { fileStage, servedApp } from './stage/file-stage.ts';
import { measured } from './stage/measured.ts';
import type { OperatorProcess } from './stage/operator-process.ts';
import { image } from './stage/released-app.ts';

const stage = fileStage();

/** The lease runs out after 15 s; who waits for it looks each 2 s, and a fifth longer at most. The rest is for a busy machine. */
const takeoverMs = 15_000 + 2_400 + 2_000;

/** Starts two, and says which of them leads. */
async function startTwo(): Promise<{ readonly leader: OperatorProcess; readonly standby: OperatorProcess }> {
  const leader = await stage.operators.start();
  await leader.line('leading');
  const standby = await stage.operators.start();
  await standby.line('serving probes');
  return { leader, standby };
}

async function leads(operator: OperatorProcess): Promise<boolean> {
  return (await operator.lines()).some(({ msg }) => msg === 'leading');
}

describe('two operators', () => {
  it('go on within the lease when the leader is killed in the middle of a shift, and no step is taken twice', async ({
    expect,
  }) => {
    const { leader, standby } = await startTwo();
    const { app, requests } = await servedApp(stage, 'e2e-leader');
    await app.set({ image: image('v2') });
    await app.until('shows its first weight', ({ status }) => status.trafficShift === 25);
    expect(await leads(standby)).toBe(false);
    await leader.kill();
    const killedAt = env.clock.monotonic();
    await standby.line('leading');
    const tookMs = env.clock.monotonic() - killedAt;
    measured(`the standby led ${(tookMs / 1000).toFixed(1)} s after kill -9 of the leader`);
    expect(tookMs).toBeLessThan(takeoverMs);
    expect(app.weight).toBe(25);
    await app.untilPhase('Released');
    await requests.stop();
    expect(requests.failures).toEqual([]);
    expect(app.weights.map(({ weight }) => weight)).toEqual([0, 25, 50, 0]);
    const { decisions = [], releasedImage } = app.status;
    expect(releasedImage).toBe(image('v2'));
    expect(decisions.map(({ reason }) => reason).toReversed()).toEqual([
      'Installed',
      'CanaryStarted',
      'TrafficShifted',
      'TrafficShifted',
      'PromotionStarted',
      'Released',
    ]);
    // A leader that is asked to end hands over at once.
    const third = await stage.operators.start();
    await third.line('serving probes');
    await standby.terminate();
    const endedAt = env.clock.monotonic();
    await third.line('leading');
    expect(env.clock.monotonic() - endedAt).toBeLessThan(5_000);
  });
});
