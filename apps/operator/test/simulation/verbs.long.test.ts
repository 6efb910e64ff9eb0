import { afterEach, describe, expect, it } from 'vitest';

import { CanaryApp, type CanaryAppStatus } from '../../src/api/v1/canaryapp.ts';
import { commandAnnotation } from '../../src/api/v1/names.ts';
import { image, podinfoCluster, type AdoptedSimulation } from './adopted-simulation.ts';

let simulation: AdoptedSimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** Podinfo, at 20 % of a release of v2. */
async function atTwenty(): Promise<AdoptedSimulation> {
  const sim = await podinfoCluster();
  simulation = sim;
  sim.startOperator();
  sim.adopt();
  await sim.untilAdopted('Released');
  sim.sendRequests('/hello', 200);
  sim.release('v2');
  await sim.untilShare(20);
  await sim.env.time.advance(1_000);
  return sim;
}

/** What each verb does to a release at 20 %, within a second of its annotation. */
const effects: readonly (readonly [
  verb: string,
  holds: (status: CanaryAppStatus, share: number | undefined) => boolean,
])[] = [
  ['promote', ({ run }) => run?.stage === 'Promoting' && run.certificate?.kind === 'override'],
  ['abort', ({ lastFailedTag }, share) => lastFailedTag === image('v2') && share === 0],
  ['skip', ({ run }, share) => run?.step === 30 && share === 30],
  ['pause', ({ run }, share) => run?.paused === true && share === 20],
];

const textOf = (sim: AdoptedSimulation): string | undefined => sim.adopted()?.metadata.annotations?.[commandAnnotation];

describe('a verb', () => {
  it.each(effects)(
    '%s is obeyed although the generation stays, and its annotation is left alone',
    async (verb, holds) => {
      const sim = await atTwenty();
      const { generation } = sim.adopted()?.metadata ?? {};
      sim.command(`${verb}@next#1`);
      await sim.env.time.advance(1_000);
      const { status, metadata } = sim.adopted() ?? {};
      expect(status && holds(status, sim.share)).toBe(true);
      expect([metadata?.generation, status?.lastCommand]).toEqual([generation, '1']);
      await sim.env.time.advance(30_000);
      expect(textOf(sim)).toBe(`${verb}@next#1`);
    },
  );

  it('is told of with the field manager of whoever wrote it', async () => {
    const sim = await atTwenty();
    await sim.commandAs('kubectl-annotate', 'skip@next#1');
    await sim.untilShare(30);
    const said = sim.adopted()?.status?.decisions?.find(({ reason }) => reason === 'StepSkipped');
    expect(said?.message).toMatch(/request 1 \(field manager kubectl-annotate at 2026-[-0-9T:]+Z, unverified\)$/);
  });

  it('is obeyed once, also by the next operator, and also when somebody writes it again', async () => {
    const sim = await atTwenty();
    sim.command('skip@next#1');
    await sim.untilShare(30);
    await sim.stopOperators();
    sim.startOperator();
    await sim.env.time.advance(2_000);
    const live = sim.adopted();
    const { [commandAnnotation]: _gone, ...annotations } = live?.metadata.annotations ?? {};
    sim.cluster.server.loopback.update(CanaryApp, {
      ...live,
      metadata: { ...live?.metadata, annotations },
    } as CanaryApp);
    await sim.env.time.advance(1_000);
    sim.command('skip@next#1');
    await sim.env.time.advance(2_000);
    expect(sim.share).toBe(30);
    sim.command('skip@next#2');
    await sim.env.time.advance(1_000);
    expect(sim.share).toBe(40);
  });

  it('resume goes on where pause stopped, and no sooner', async () => {
    const sim = await atTwenty();
    sim.command('pause@next#1');
    await sim.env.time.advance(120_000);
    expect(sim.share).toBe(20);
    sim.command('resume@next#2');
    await sim.untilShare(30);
    await sim.untilAdopted('Released');
    expect(sim.adopted()?.status?.releasedImage).toBe(image('v2'));
  });

  it('for another revision than the one that runs is refused, and said', async () => {
    const sim = await atTwenty();
    sim.command('abort@1-000000000000#1');
    await sim.env.time.advance(1_000);
    expect(sim.adopted()?.status).toMatchObject({ lastCommand: '1', lastFailedTag: '' });
    expect(sim.adopted()?.status?.decisions?.map(({ reason }) => reason)).toContain('CommandRefused');
    expect(sim.share).toBe(20);
  });

  it('that does not exist is refused, and changes nothing', async () => {
    const sim = await atTwenty();
    sim.command('explode@next#1');
    await sim.untilShare(30);
    expect(sim.adopted()?.status?.decisions?.map(({ reason }) => reason)).toContain('CommandRefused');
  });
});
