import { Deployment } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it, vi } from 'vitest';

import type { CanaryAppStatus } from '../../src/api/v1/canaryapp.ts';
import type * as formatModule from '../../src/api/v1/revision-format.ts';
import { ask, modes, statusOf } from './every-mode.ts';
import type { RunningOperator, Simulation } from './simulated-cluster.ts';

const operators = vi.hoisted(() => ({ areRaised: false }));

vi.mock('../../src/api/v1/revision-format.ts', async (original) => {
  const real = await original<typeof formatModule>();
  const raised = { digit: '2', hash: (canonical: unknown) => real.formats[0].hash({ canonical }) };
  return {
    get formats() {
      return operators.areRaised ? [raised, ...real.formats] : real.formats;
    },
  };
});

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
  operators.areRaised = false;
});

describe.each(Object.entries(modes))('an operator with another format of ids, that takes over %s', (_mode, subject) => {
  let sim: Simulation;
  let first: RunningOperator;

  const status = (): Partial<CanaryAppStatus> => statusOf(sim, subject);
  const until = (isSo: () => boolean): Promise<void> => sim.env.time.until(isSo, 900_000);

  async function released(): Promise<void> {
    sim = await subject.start();
    simulation = sim;
    first = sim.startOperator();
    subject.adopt(sim);
    await until(() => status().phase === 'Released');
    await sim.env.time.advance(2_000);
  }

  async function underWay(): Promise<void> {
    await released();
    subject.release(sim);
    await until(() => (status().trafficShift ?? 0) >= 20);
  }

  async function refused(): Promise<void> {
    await underWay();
    ask(sim, subject, 'abort@next#1');
    await until(() => status().phase === 'Failed');
    await sim.env.time.advance(2_000);
  }

  /** The other operator takes over, and what it writes to others than Events is counted. */
  async function takenOver(isRaised = true): Promise<() => readonly string[]> {
    await first.stop();
    operators.areRaised = isRaised;
    const from = sim.requests.length;
    first = sim.startOperator();
    return () =>
      sim.requests
        .slice(from)
        .filter(({ verb, resource }) => !['get', 'list', 'watch'].includes(verb) && resource !== 'events')
        .map(({ verb, path }) => `${verb} ${path}`);
  }

  const templates = (): unknown =>
    sim.cluster.server.loopback.list(Deployment).map(({ metadata, spec }) => [metadata.name, spec?.template]);

  it('at rest, starts no rollout and writes nothing', async () => {
    await released();
    const before = [status(), templates()];
    const writes = await takenOver();
    await sim.env.time.advance(120_000);
    expect(writes()).toEqual([]);
    expect([status(), templates()]).toEqual(before);
  });

  it('in the middle of a run, goes on with it to its end', async () => {
    await underWay();
    const { run } = status();
    await takenOver();
    await sim.env.time.advance(4_000);
    expect(status().run).toMatchObject({ revision: run?.revision, startedAt: run?.startedAt });
    expect(status().run?.step).toBeGreaterThanOrEqual(run?.step ?? Infinity);
    await until(() => status().run?.stage === 'Promoting');
    expect(status().run).toMatchObject({ revision: run?.revision, startedAt: run?.startedAt });
    await until(() => status().phase === 'Released');
    expect(status().released).toMatchObject({ revision: run?.revision, certificate: { kind: 'passed' } });
    await sim.env.time.advance(120_000);
    expect(status()).toMatchObject({ phase: 'Released', released: { revision: run?.revision } });
  });

  it('in the middle of a promotion, finishes it', async () => {
    await underWay();
    await until(() => status().run?.stage === 'Promoting');
    const { run } = status();
    await takenOver();
    await until(() => status().phase === 'Released');
    expect(status().released).toMatchObject({ revision: run?.revision, certificate: run?.certificate });
  });

  it('after a rollback, does not try again what has failed', async () => {
    await refused();
    const before = [status(), templates()];
    const writes = await takenOver();
    await sim.env.time.advance(120_000);
    expect(writes()).toEqual([]);
    expect([status(), templates()]).toEqual(before);
    ask(sim, subject, 'retry@next#2');
    await until(() => (status().trafficShift ?? 0) > 0);
  });

  it.each([
    ['at rest', released],
    ['after a rollback', refused],
  ])('that it does not know, %s, starts no rollout either', async (_when, come) => {
    operators.areRaised = true;
    await come();
    const before = [status(), templates()];
    expect(status().released?.revision).toMatch(/^2-/);
    await takenOver(false);
    await sim.env.time.advance(120_000);
    expect([status(), templates()]).toEqual(before);
  });
});
