import { Deployment } from '@canaryop/reconcile/kinds';
import { afterEach, describe, expect, it } from 'vitest';

import { tester, testerCluster, type AviarySimulation, type Counts } from './aviary-simulation.ts';
import { imageOf } from './adopted-simulation.ts';

let simulation: AviarySimulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

/** Aviary's test deployment, watched over and at rest. */
async function setUp(spec: object = {}, replicas = 5): Promise<AviarySimulation> {
  const sim = await testerCluster({}, replicas);
  simulation = sim;
  sim.startOperator();
  sim.watchOver(spec);
  await sim.untilPhase('Released');
  await sim.env.time.advance(2_000);
  return sim;
}

/** Every pair of counts that is seen until `stop` is called, each once in a row, and how few pods were ready. */
function watchCounts(sim: AviarySimulation): { readonly seen: Counts[]; least: number; stop: () => void } {
  const watched = { seen: [] as Counts[], least: Infinity, stop: () => undefined as void };
  const look = (): void => {
    const counts = sim.counts;
    const last = watched.seen.at(-1);
    if (last?.canary !== counts.canary || last.primary !== counts.primary) watched.seen.push(counts);
  };
  look();
  const unwatch = sim.cluster.server.loopback.watch(Deployment, look);
  let cancel = (): void => undefined;
  const count = (): void => {
    watched.least = Math.min(watched.least, sim.readyPods);
    cancel = sim.env.timers.schedule(100, count);
  };
  count();
  watched.stop = () => {
    unwatch();
    cancel();
  };
  return watched;
}

const primaryImage = (sim: AviarySimulation): string | undefined => imageOf(sim.deployment(`${tester}-primary`));

describe('Aviary’s cases, on its numbers', () => {
  it('setup: primary has five pods, the only ones running, and finds no other labels than the target’s', async () => {
    const sim = await setUp();
    expect(sim.counts).toEqual({ canary: 0, primary: 5 });
    expect(sim.readyPods).toBe(5);
  });

  it('works: one pod more for each step of 45 s, up to three of five, and then primary gets it', async () => {
    const sim = await setUp();
    const watched = watchCounts(sim);
    const began = sim.env.clock.now();
    sim.deploy({ tag: 'latest' });
    await sim.until(() => sim.status.run !== undefined);
    expect(sim.status.decisions?.map(({ message }) => message)).toContain(
      'it should take about 2 min 15 s: 3 steps of 1 pod, up to 3 of 5',
    );
    await sim.until(() => sim.status.run?.stage === 'Promoting');
    const judged = (sim.env.clock.now() - began) / 1000;
    expect(judged).toBeGreaterThan(135);
    expect(judged).toBeLessThan(155);
    await sim.untilPhase('Released');
    watched.stop();
    expect(primaryImage(sim)).toMatch(/:latest$/);
    expect(sim.counts).toEqual({ canary: 0, primary: 5 });
    const tried = watched.seen.map(({ canary, primary }) => `${canary}+${primary}`);
    expect(tried.slice(0, 7)).toEqual(['0+5', '1+5', '1+4', '2+4', '2+3', '3+3', '3+2']);
    expect(watched.least).toBe(5);
    expect(sim.status.released?.certificate).toMatchObject({ kind: 'passed' });
  });

  it('fails by restarts: what dies is rolled back, and the target gets its former template back', async () => {
    const sim = await setUp();
    const before = sim.deployment(tester).spec?.template;
    const watched = watchCounts(sim);
    sim.deploy({ tag: 'latest', behaviour: 'fail' });
    await sim.untilPhase('Failed');
    watched.stop();
    expect(sim.status).toMatchObject({ lastFailedTag: 'sekoialab/aviary-tester:latest', successfulRelease: false });
    expect(sim.counts).toEqual({ canary: 0, primary: 5 });
    expect(sim.deployment(tester).spec?.template).toEqual(before);
    expect(primaryImage(sim)).toMatch(/:1.0$/);
    expect(watched.seen.map(({ canary }) => canary)).not.toContain(2);
    expect(sim.condition('Stalled')).toMatchObject({ reason: 'RolledBack' });
  });

  it('fails in metrics: three failed checks of a step are enough', async () => {
    const sim = await setUp();
    const before = sim.deployment(tester).spec?.template;
    const watched = watchCounts(sim);
    const began = sim.env.clock.now();
    sim.deploy({ tag: 'latest', behaviour: 'fail-in-metrics' });
    await sim.until(() => sim.status.run?.outcome === 'Failed');
    const took = (sim.env.clock.now() - began) / 1000;
    await sim.untilPhase('Failed');
    watched.stop();
    expect(took).toBeGreaterThan(28);
    expect(took).toBeLessThan(45);
    expect(sim.status.failedRevisions?.[0]).toMatchObject({ reason: 'CheckFailed', isPutBack: true });
    expect(sim.status.failedRevisions?.[0]?.message).toMatch(/^success\[0\]: no value for aviary-tester-/);
    expect(sim.counts).toEqual({ canary: 0, primary: 5 });
    expect(sim.deployment(tester).spec?.template).toEqual(before);
    expect(watched.least).toBe(5);
    expect(watched.seen.map(({ canary }) => canary)).not.toContain(2);
  });

  it('direct: what containers run is the same, and primary gets it at once, without a canary', async () => {
    const sim = await setUp();
    const watched = watchCounts(sim);
    sim.deploy({ terminationGracePeriodSeconds: 10 });
    await sim.until(() => sim.status.run?.isDirect === true, 5_000);
    await sim.untilPhase('Released');
    watched.stop();
    const { spec } = sim.deployment(`${tester}-primary`).spec?.template ?? {};
    expect(spec?.terminationGracePeriodSeconds).toBe(10);
    expect(watched.seen).toEqual([{ canary: 0, primary: 5 }]);
    expect(watched.least).toBeGreaterThanOrEqual(5);
    expect(sim.status.released?.certificate).toMatchObject({
      kind: 'override',
      detail: 'direct: what containers run is the same',
    });
  });

  it('scale: the count of the target is that of primary, and nothing is released', async () => {
    const sim = await setUp();
    const watched = watchCounts(sim);
    sim.scale(9);
    await sim.until(() => sim.counts.canary === 0 && sim.counts.primary === 9 && sim.readyPods === 9, 60_000);
    await sim.untilPhase('Released', 5_000);
    watched.stop();
    expect(watched.least).toBeGreaterThanOrEqual(5);
    expect(sim.status.decisions?.[0]).toMatchObject({ reason: 'Scaled' });
    expect(sim.status.run).toBeUndefined();
    expect(sim.status.replicas).toBe(9);
    await sim.env.time.advance(60_000);
    expect(sim.counts).toEqual({ canary: 0, primary: 9 });
    sim.scale(4);
    await sim.until(() => sim.counts.canary === 0 && sim.counts.primary === 4 && sim.readyPods === 4, 60_000);
  });

  it('ignored: a change of metadata alone is none', async () => {
    const sim = await setUp();
    const live = sim.deployment(tester);
    const annotations = { ...live.metadata.annotations, 'deployment.kubernetes.io/revision': '7' };
    sim.cluster.server.loopback.update(Deployment, { ...live, metadata: { ...live.metadata, annotations } });
    const before = sim.status;
    await sim.env.time.advance(30_000);
    expect(sim.status).toEqual(before);
  });
});

describe('a release by replica ratio', () => {
  it('is tried again when the same change is applied again', async () => {
    const sim = await setUp();
    sim.deploy({ tag: 'latest', behaviour: 'fail-in-metrics' });
    await sim.untilPhase('Failed');
    await sim.env.time.advance(30_000);
    expect(sim.status.phase).toBe('Failed');
    sim.deploy({ tag: 'latest', behaviour: 'fail-in-metrics' });
    await sim.until(() => sim.status.run?.stage === 'Shifting', 5_000);
    await sim.untilPhase('Failed');
    sim.deploy({ tag: 'latest' });
    await sim.untilPhase('Released');
    expect(primaryImage(sim)).toMatch(/:latest$/);
    expect(sim.status.failedRevisions).toEqual([]);
  });

  it('leaves the target as it is where git would put it back, and is refused until retry', async () => {
    const sim = await setUp({ restoreTarget: false });
    sim.deploy({ tag: 'latest', behaviour: 'fail-in-metrics' });
    const { template } = sim.deployment(tester).spec ?? {};
    await sim.untilPhase('Failed');
    await sim.env.time.advance(60_000);
    expect(sim.deployment(tester).spec?.template).toEqual(template);
    expect(sim.condition('Ready')).toMatchObject({ reason: 'RevisionRefused' });
    expect(sim.counts).toEqual({ canary: 0, primary: 5 });
    sim.command('retry@next#1');
    await sim.until(() => sim.status.run?.stage === 'Shifting', 5_000);
  });

  it('is ended by abort, and put back', async () => {
    const sim = await setUp();
    sim.deploy({ tag: 'latest' });
    await sim.until(() => sim.status.trafficShift === 40);
    const watched = watchCounts(sim);
    sim.command('abort@next#1');
    await sim.untilPhase('Failed');
    watched.stop();
    expect(watched.least).toBe(5);
    expect(imageOf(sim.deployment(tester))).toMatch(/:1.0$/);
  });

  it('goes to primary at once after bypass', async () => {
    const sim = await setUp();
    sim.command('bypass@next#1');
    await sim.env.time.advance(1_000);
    const watched = watchCounts(sim);
    sim.deploy({ tag: 'latest' });
    await sim.until(() => primaryImage(sim)?.endsWith(':latest') === true);
    await sim.untilPhase('Released');
    watched.stop();
    expect(watched.seen).toEqual([{ canary: 0, primary: 5 }]);
  });

  it('takes the count that comes with a new template, and lets none of those pods in unjudged for long', async () => {
    const sim = await setUp();
    sim.deploy({ tag: 'latest' }, 7);
    await sim.until(() => sim.status.trafficShift !== 0);
    expect(sim.counts).toEqual({ canary: 1, primary: 6 });
    expect(sim.status.replicas).toBe(7);
    await sim.untilPhase('Released');
    expect(sim.counts).toEqual({ canary: 0, primary: 7 });
  });

  it('goes on with other counts when the target is scaled in the middle', async () => {
    const sim = await setUp();
    sim.deploy({ tag: 'latest' });
    await sim.until(() => sim.status.trafficShift === 40);
    const watched = watchCounts(sim);
    sim.scale(10);
    await sim.until(() => sim.counts.canary === 4 && sim.counts.primary === 6, 60_000);
    await sim.env.time.advance(20_000);
    expect(sim.status.run).toMatchObject({ stage: 'Shifting', step: 40 });
    expect(sim.status.decisions?.map(({ reason }) => reason)).toContain('Scaled');
    await sim.untilPhase('Released');
    watched.stop();
    expect(sim.counts).toEqual({ canary: 0, primary: 10 });
    expect(watched.least).toBeGreaterThanOrEqual(5);
  });

  it('puts primary’s count back when somebody changes it in the middle', async () => {
    const sim = await setUp();
    sim.deploy({ tag: 'latest' });
    await sim.until(() => sim.status.trafficShift === 40);
    sim.scale(1, `${tester}-primary`);
    await sim.until(() => sim.counts.primary === 3, 10_000);
    expect(sim.counts.canary).toBe(2);
    await sim.untilPhase('Released');
    expect(sim.counts).toEqual({ canary: 0, primary: 5 });
  });

  it('begins again when somebody takes the canary away', async () => {
    const sim = await setUp();
    sim.deploy({ tag: 'latest' });
    await sim.until(() => sim.status.trafficShift === 40);
    sim.scale(0);
    await sim.until(() => sim.counts.primary === 5, 10_000);
    expect(sim.status.decisions?.map(({ reason }) => reason)).toContain('CapacityLost');
    await sim.untilPhase('Released');
    expect(primaryImage(sim)).toMatch(/:latest$/);
  });

  it('of a single pod has one more while it lasts', async () => {
    const sim = await setUp({}, 1);
    const watched = watchCounts(sim);
    sim.deploy({ tag: 'latest' });
    await sim.until(() => sim.status.trafficShift === 50);
    expect(sim.counts).toEqual({ canary: 1, primary: 1 });
    await sim.untilPhase('Released');
    watched.stop();
    expect(watched.seen.map(({ canary, primary }) => `${canary}+${primary}`)).toEqual(['0+1', '1+1', '0+1']);
    expect(watched.least).toBeGreaterThanOrEqual(1);
    expect(primaryImage(sim)).toMatch(/:latest$/);
  });

  it('does nothing for an image that is the running one', async () => {
    const sim = await setUp();
    const before = sim.status;
    sim.deploy({ tag: '1.0' });
    await sim.env.time.advance(60_000);
    expect(sim.status).toEqual(before);
    expect(sim.counts).toEqual({ canary: 0, primary: 5 });
  });

  it('says so when a step’s time leaves no room to fail, and takes more', async () => {
    const sim = await setUp({
      strategy: {
        breakpointPercent: 20,
        stepPercent: 20,
        abortSeconds: 120,
        maxStepSeconds: 10,
        checkIntervalSeconds: 14,
        maxFailures: 3,
      },
    });
    sim.deploy({ tag: 'latest' });
    await sim.until(() => sim.status.run !== undefined);
    const told = sim.status.decisions?.map(({ message }) => message) ?? [];
    expect(told.some((message) => message.startsWith('maxStepSeconds 10 is less than'))).toBe(true);
    expect(told).toContain('it should take about 43 s: 1 step of 1 pod, up to 1 of 5');
  });

  it.each([
    ['never returns', 'no_such_metric{pod="<<pod>>"}'],
    ['returns for some pods only', 'aviary_tester_first{kubernetes_pod_name="<<pod>>"}'],
    ['is no PromQL', 'rate('],
  ])('fails where an expression %s, and says which', async (_what, expr) => {
    const sim = await setUp({ analysis: { success: [{ expr: 'vector(1)' }, { expr }] } });
    sim.deploy({ tag: 'latest' });
    await sim.untilPhase('Failed');
    expect(sim.status.failedRevisions?.[0]?.message).toContain('success[1]');
    expect(sim.counts).toEqual({ canary: 0, primary: 5 });
    expect(imageOf(sim.deployment(tester))).toMatch(/:1.0$/);
  });

  it('goes on when a pod of the canary is gone between two checks', async () => {
    const sim = await setUp();
    sim.deploy({ tag: 'latest' });
    await sim.until(() => sim.status.trafficShift === 40);
    await sim.env.time.advance(5_000);
    sim.removeCanaryPod();
    await sim.untilPhase('Released');
    expect(primaryImage(sim)).toMatch(/:latest$/);
    expect(sim.status.lastFailedTag).toBe('');
  });

  it('fails when the pods of a step are not ready in abortSeconds', async () => {
    const sim = await setUp();
    const began = sim.env.clock.now();
    sim.deploy({ tag: 'never-ready' });
    await sim.untilPhase('Failed');
    expect(sim.status.failedRevisions?.[0]).toMatchObject({
      reason: 'ProgressDeadlineExceeded',
      message: 'secondary was not ready within 120 s',
    });
    expect(sim.env.clock.now() - began).toBeLessThan(150_000);
    expect(sim.counts).toEqual({ canary: 0, primary: 5 });
  });

  it('ends clean when the former template comes back in the middle, and begins anew for another one', async () => {
    const sim = await setUp();
    const watched = watchCounts(sim);
    sim.deploy({ tag: 'latest' });
    await sim.until(() => sim.status.trafficShift === 40);
    sim.deploy({ tag: 'latest', terminationGracePeriodSeconds: 3 });
    await sim.until(() => sim.status.run?.stage === 'Shifting' && sim.status.trafficShift === 20, 60_000);
    sim.deploy({});
    await sim.untilPhase('Released');
    watched.stop();
    expect(watched.least).toBe(5);
    expect(sim.status.failedRevisions ?? []).toEqual([]);
    expect(primaryImage(sim)).toMatch(/:1.0$/);
  });
});

describe('leftovers of a release by replica ratio, found at start', () => {
  it('are rolled back, and the target is put back', async () => {
    const sim = await setUp();
    sim.deploy({ tag: 'latest' });
    await sim.until(() => sim.status.trafficShift === 40);
    await sim.stopOperators();
    sim.loseStatus();
    const watched = watchCounts(sim);
    sim.startOperator();
    await sim.untilPhase('Failed');
    watched.stop();
    expect(watched.least).toBe(5);
    expect(sim.counts).toEqual({ canary: 0, primary: 5 });
    expect(imageOf(sim.deployment(tester))).toMatch(/:1.0$/);
    expect(primaryImage(sim)).toMatch(/:1.0$/);
  });
});

describe('an application of a replica ratio that is deleted', () => {
  it.each([
    ['at rest', 0],
    ['in the middle of a release', 40],
  ])('%s gives the target its pods before anything goes', async (_when, share) => {
    const sim = await setUp();
    if (share > 0) {
      sim.deploy({ tag: 'latest' });
      await sim.until(() => sim.status.trafficShift === share);
    }
    const watched = watchCounts(sim);
    sim.delete();
    await sim.until(() => sim.isGone);
    await sim.until(() => sim.readyPods === 5, 60_000);
    watched.stop();
    expect(sim.deployment(tester).spec?.replicas).toBe(5);
    expect(watched.least).toBeGreaterThanOrEqual(5);
  });
});
