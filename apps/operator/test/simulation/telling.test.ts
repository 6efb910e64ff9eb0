import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { resourceKind, type KubernetesObject } from '@canaryop/reconcile/object';
import { recordingLogger } from '@canaryop/reconcile/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { Simulation } from './simulated-cluster.ts';

let simulation: Simulation | undefined;

afterEach(async () => {
  await simulation?.stop();
  simulation = undefined;
});

const v1 = 'go-status-code-server:v1';
const v2 = 'go-status-code-server:v2';
const v3 = 'go-status-code-server:v3';
const errorsQuery = 'increase(istio_requests_total{destination_service_name="demo",response_code=~"5.*"}[20s]) > 2';

async function installed() {
  const { log, lines } = recordingLogger();
  simulation = new Simulation({ log });
  simulation.startOperator();
  simulation.createApp({ prometheusQuery: errorsQuery });
  await simulation.untilPhase('Released');
  await simulation.env.time.advance(1_000);
  return { sim: simulation, lines };
}

const Event = resourceKind<
  KubernetesObject & {
    readonly involvedObject: { readonly kind: string };
    readonly type: string;
    readonly reason: string;
    readonly message: string;
  }
>({ group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true });

/** What a user sees with `kubectl describe`, the oldest first. */
const eventsOf = (sim: Simulation): readonly string[] =>
  sim.cluster.server.loopback
    .list(Event)
    .filter(({ involvedObject }) => involvedObject.kind === 'CanaryApp')
    .toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .map(({ type, reason, message }) => `${type} ${reason}: ${message}`);

/** What a user sees with `kubectl logs`, from `info` on, without the writes. */
const toldIn = (lines: ReturnType<typeof recordingLogger>['lines']): readonly string[] =>
  lines
    .filter(({ level, fields }) => level !== 'debug' && fields['controller'] === 'canaryapp')
    .filter(({ message }) => !/^(create|patch|apply|scale|delete) [A-Z]/.test(message))
    .map(({ level, message }) => `${level} ${message}`);

/** docs/operating.md has a table of what the log says; each turn of waiting has to be in it. */
function expectDocumented(told: readonly string[]): void {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/operating.md'), 'utf8');
  const table = /## Events and log lines[\s\S]*?\n## /.exec(text)?.[0] ?? '';
  const turns = told.flatMap((line) => /^info [A-Z][A-Za-z]+: (.+)$/.exec(line)?.[1] ?? []);
  expect(turns.length).toBeGreaterThan(2);
  for (const turn of turns) expect(table).toContain(turn);
}

describe('a release tells', () => {
  it('each step of a rollout as an Event, and what it waits for in the log', async () => {
    const { sim, lines } = await installed();
    const [before, logged] = [eventsOf(sim).length, lines.length];
    sim.edit({ image: v2 });
    await sim.env.time.advance(10_000);
    await sim.untilPhase('Released');
    await sim.env.time.advance(5_000);
    expect(eventsOf(sim).slice(before)).toEqual([
      `Normal CanaryStarted: started a secondary of ${v2} beside ${v1}`,
      ...[10, 20, 30, 40, 50].map((weight) => `Normal TrafficShifted: ${v2} gets ${weight} % of the traffic`),
      `Normal PromotionStarted: ${v2} goes to primary (the check at 50 % passed)`,
      `Normal Released: ${v2} has all traffic`,
    ]);
    expectDocumented(toldIn(lines.slice(logged)));
    const judging = 'info TrafficShifted: waiting for the check at the end of the interval';
    expect(toldIn(lines.slice(logged))).toEqual([
      `info started a secondary of ${v2} beside ${v1}`,
      'info CanaryStarted: secondary is not ready',
      'info CanaryStarted: secondary is ready and settles',
      'info CanaryStarted: asking before the first weight',
      ...[10, 20, 30, 40, 50].flatMap((weight) => [`info ${v2} gets ${weight} % of the traffic`, judging]),
      `info ${v2} goes to primary (the check at 50 % passed)`,
      'info PromotionStarted: primary is not ready with the new revision',
      'info PromotionStarted: primary is ready and settles',
      'info PromotionStarted: all traffic goes to primary',
      `info ${v2} has all traffic`,
      'info Released: the secondary drains',
      'info Released: removing the secondary',
    ]);
  });

  it('each step of a rollback', async () => {
    const { sim, lines } = await installed();
    const [before, logged] = [eventsOf(sim).length, lines.length];
    sim.edit({ image: v3 });
    await sim.env.time.until(() => sim.app.status?.trafficShift === 10, 120_000);
    const stop = sim.sendRequests('/nothello', 200);
    await sim.untilPhase('Failed');
    stop();
    await sim.env.time.advance(5_000);
    const events = eventsOf(sim).slice(before);
    expect(events.slice(0, 2)).toEqual([
      `Normal CanaryStarted: started a secondary of ${v3} beside ${v1}`,
      `Normal TrafficShifted: ${v3} gets 10 % of the traffic`,
    ]);
    const [failed = '', rolledBack, ...more] = events.slice(2);
    expect(failed).toMatch(new RegExp(`^Warning CheckFailed: ${v3} failed: .+`));
    expect(rolledBack).toBe(`Warning RolledBack: rolled back ${v3}; ${v1} has all traffic`);
    expect(more).toEqual([]);
    const told = toldIn(lines.slice(logged));
    expectDocumented(told);
    expect(told.slice(told.indexOf(failed.replace('Warning CheckFailed:', 'warn')) + 1)).toEqual([
      'info RolledBack: the secondary drains',
      'info RolledBack: removing the secondary',
      `warn rolled back ${v3}; ${v1} has all traffic`,
    ]);
  });

  it('once, whatever the number of passes, and nothing at rest', async () => {
    const { sim, lines } = await installed();
    sim.edit({ image: v2 });
    await sim.env.time.until(() => sim.app.status?.trafficShift === 10, 120_000);
    const logged = lines.length;
    await sim.env.time.advance(20_000);
    const said = lines.slice(logged).filter(({ message }) => message.includes('waiting for the check'));
    expect(said.filter(({ level }) => level === 'info').length).toBeLessThanOrEqual(1);
    expect(said.length).toBeGreaterThan(3);
    await sim.untilPhase('Released', 300_000);
    await sim.env.time.advance(5_000);
    const rested = lines.length;
    await sim.env.time.advance(600_000);
    expect(toldIn(lines.slice(rested))).toEqual([]);
  });
});
