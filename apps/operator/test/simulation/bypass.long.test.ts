import { Deployment } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import type { CanaryAppStatus } from '../../src/api/v1/canaryapp.ts';
import { image, imageOf, podinfoCluster } from './adopted-simulation.ts';
import { ask, modes, statusOf } from './every-mode.ts';
import type { Simulation } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

describe.each(Object.entries(modes))('bypass, of %s', (_mode, subject) => {
  let sim: Simulation;

  const status = (): Partial<CanaryAppStatus> => statusOf(sim, subject);
  const reasons = (): readonly string[] => status().decisions?.map(({ reason }) => reason) ?? [];

  /** An application at rest, of which `command` was asked for. */
  async function asked(...commands: readonly string[]): Promise<void> {
    sim = await subject.start();
    simulation = sim;
    sim.startOperator();
    subject.adopt(sim);
    await sim.env.time.until(() => status().phase === 'Released');
    await sim.env.time.advance(2_000);
    for (const text of commands) {
      ask(sim, subject, text);
      await sim.env.time.advance(2_000);
    }
    sim.sendRequests('/hello', 100);
  }

  it('lets the next revision go to primary at once, with nothing tried beside it, and is used up', async () => {
    await asked('bypass@next#1');
    expect(status()).toMatchObject({ phase: 'Released', bypass: {}, lastCommand: '1' });
    const seen = new Set<string>();
    const pods = new Set<number | undefined>();
    const unwatch = sim.cluster.server.loopback.watch(Deployment, () => {
      for (const { metadata, spec } of sim.cluster.server.loopback.list(Deployment)) {
        seen.add(metadata.name);
        if (metadata.name === 'podinfo') pods.add(spec?.replicas);
      }
    });
    subject.release(sim);
    await sim.env.time.until(() => status().run?.stage === 'Promoting', 5_000);
    expect(status()).not.toHaveProperty('bypass');
    await sim.env.time.until(() => status().phase === 'Released', 120_000);
    unwatch();
    const { certificate } = status().released ?? {};
    expect(certificate).toMatchObject({ kind: 'override' });
    expect(certificate?.detail).toMatch(/^bypass, request 1/);
    expect([...seen].filter((name) => !subject.deployments.includes(name))).toEqual([]);
    expect([...pods].filter((count) => count !== 0)).toEqual([]);
    expect(reasons()).not.toContain('CanaryStarted');
    expect(sim.failures()).toEqual([]);
    await sim.env.time.advance(5_000);
    expect(sim.answers.at(-1)?.body).toBe('Hello! v2');
  });

  it('is withdrawn by nobypass, and the next revision is judged', async () => {
    await asked('bypass@next#1', 'nobypass@next#2');
    expect(reasons().slice(0, 2)).toEqual(['BypassWithdrawn', 'BypassRequested']);
    subject.release(sim);
    await sim.env.time.until(() => status().run !== undefined, 5_000);
    expect(['Starting', 'Shifting']).toContain(status().run?.stage);
  });

  it('outlives the operator, and is not asked for twice by one annotation', async () => {
    await asked('bypass@next#1');
    await sim.stopOperators();
    sim.startOperator();
    await sim.env.time.advance(5_000);
    subject.release(sim);
    await sim.env.time.until(() => status().run?.isDirect === true, 5_000);
    await sim.env.time.until(() => status().phase === 'Released', 120_000);
    await sim.stopOperators();
    sim.startOperator();
    await sim.env.time.advance(20_000);
    expect(status()).not.toHaveProperty('bypass');
    expect(reasons().filter((reason) => reason === 'BypassRequested')).toHaveLength(1);
  });
});

describe('a revision that goes to primary at once and cannot start', () => {
  it('leaves primary serving, is taken back when it is late, and is refused', async () => {
    const sim = await podinfoCluster();
    simulation = sim;
    sim.startOperator();
    sim.adopt({ progressDeadlineSeconds: 60 });
    await sim.untilAdopted('Released');
    sim.sendRequests('/hello', 100);
    sim.command('bypass@next#1');
    await sim.env.time.advance(1_000);
    sim.release('v4-crash-loop');
    await sim.untilAdopted('Failed', 200_000);
    expect(imageOf(sim.deployment('podinfo-primary'))).toBe(image('v1'));
    expect(sim.deployment()?.spec?.replicas).toBe(0);
    expect(sim.adopted()?.status).toMatchObject({ lastFailedTag: image('v4-crash-loop'), releasedImage: image('v1') });
    expect(sim.failures()).toEqual([]);
  });
});
