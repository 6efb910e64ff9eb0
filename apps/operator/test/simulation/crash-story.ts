import { describe, expect, it } from 'vitest';

import type { Transport } from '@canaryop/reconcile/env';

import type { OwnedSpec } from '../../src/api/v1/canaryapp.ts';
import { appKey, Simulation } from './simulated-cluster.ts';
import { Deployment } from '@canaryop/reconcile/kinds';

/**
 * When, relative to one request, the process dies: before it is sent, or before its answer. Right after its answer is
 * no moment of its own: what the process knows is lost with it, and what the server did is the same.
 */
const moments = ['before it is sent', 'before its answer'] as const;
type Moment = (typeof moments)[number];

/** A story, and how it ends. */
export interface Story {
  readonly name: string;
  readonly edits: readonly { readonly at: number; readonly image: string }[];
  readonly failing?: string;
  readonly end: string;
}

/** Short times, so that hundreds of runs are quick; the number of requests is that of the default times. */
const quick: Partial<OwnedSpec> = {
  trafficShiftUpdateInterval: 2,
  deploymentReadyWaitTime: 1,
  drainSeconds: 1,
  prometheusQuery: 'increase(istio_requests_total{destination_workload="demo-secondary",response_code=~"5.*"}[5s]) > 2',
};

async function tell(
  story: Story,
  crash?: { request: number; moment: Moment },
): Promise<{ requests: number; end: object }> {
  let count = 0;
  let isArmed = false;
  let die: (() => void) | undefined;
  const wrap = (inner: Transport): Transport => ({
    close: () => inner.close(),
    async request(request) {
      if (!isArmed || request.url.includes('watch=')) return inner.request(request);
      count += 1;
      const isHere = crash !== undefined && count === crash.request;
      if (isHere && crash.moment === 'before it is sent') die?.();
      if (isHere && crash.moment === 'before it is sent') return new Promise<never>(() => undefined);
      const response = await inner.request(request);
      if (isHere) die?.();
      if (isHere) return new Promise<never>(() => undefined);
      return response;
    },
  });
  const sim = new Simulation({ wrap });
  let operator = sim.startOperator();
  sim.createApp(quick);
  await sim.untilPhase('Released');
  isArmed = true;
  let restart = false;
  die = () => {
    operator.kill();
    restart = true;
  };
  const edits = [...story.edits];
  let stop: (() => void) | undefined;
  const limit = sim.env.clock.now() + 300_000;
  for (;;) {
    if (restart) {
      restart = false;
      operator = sim.startOperator();
    }
    const next = edits[0];
    if (next !== undefined && (sim.weight ?? 0) >= next.at) {
      sim.edit({ image: next.image });
      edits.shift();
    }
    if (story.failing !== undefined && (sim.weight ?? 0) >= 20) stop ??= sim.sendRequests('/nothello', 200);
    const { status, metadata } = sim.app;
    const isDone =
      edits.length === 0 && status?.run === undefined && status?.observedGeneration === metadata.generation;
    if (isDone) break;
    if (sim.env.clock.now() > limit) throw new Error(`no end: ${JSON.stringify(status)}`);
    await sim.env.time.advance(100);
  }
  stop?.();
  await sim.env.time.advance(2_000);
  const end = endOf(sim);
  await sim.stop();
  return { requests: count, end };
}

function endOf(sim: Simulation): object {
  const { loopback } = sim.cluster.server;
  const primary = loopback.get(Deployment, { ...appKey, name: 'demo-primary' });
  const { phase, releasedImage, lastFailedTag, trafficShift, failedRevisions = [] } = sim.app.status ?? {};
  return {
    image: primary?.spec?.template.spec?.containers[0]?.image,
    secondary: loopback.get(Deployment, { ...appKey, name: 'demo-secondary' })?.metadata.name,
    weight: sim.weight,
    phase,
    releasedImage,
    lastFailedTag,
    trafficShift,
    failed: failedRevisions.map(({ image }) => image),
  };
}

/** Every request of a story, and each moment around it, is a place to die once; the end must be that of an undisturbed run. */
export function describeCrashes(story: Story): void {
  describe(story.name, () => {
    it.each(moments)(
      'ends the same when the operator dies at any request, %s',
      async (moment) => {
        const plain = await tell(story);
        expect(plain.end).toMatchObject({ phase: story.end, weight: 0 });
        expect(plain.requests).toBeGreaterThanOrEqual(15);
        for (let request = 1; request <= plain.requests; request += 1) {
          const { end } = await tell(story, { request, moment });
          expect(end, `killed at request ${request}, ${moment}`).toEqual(plain.end);
        }
      },
      120_000,
    );
  });
}
