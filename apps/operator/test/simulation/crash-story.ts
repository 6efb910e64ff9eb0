import { Deployment } from '@canaryop/reconcile/kinds';
import type { CrashPoint } from '@canaryop/testkit';
import { describe } from 'vitest';

import type { OwnedSpec } from '../../src/api/v1/canaryapp.ts';
import { itSurvivesEveryDeath, OneDeath, type Told } from './every-death.ts';
import { appKey, Simulation, type SimulationOptions } from './simulated-cluster.ts';

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

/** Where stories happen, and what of the spec follows from that. */
export interface CrashSetting {
  readonly cluster: (options: SimulationOptions) => Simulation;
  readonly spec: Partial<OwnedSpec>;
}

const onIstio: CrashSetting = { cluster: (options) => new Simulation(options), spec: {} };

async function tell({ cluster, spec }: CrashSetting, story: Story, point?: CrashPoint): Promise<Told> {
  const death = new OneDeath(point);
  const sim = cluster({ wrap: death.wrap });
  const operator = sim.startOperator();
  sim.createApp({ ...quick, ...spec });
  await sim.untilPhase('Released');
  death.arm(() => {
    operator.kill();
  });
  const edits = [...story.edits];
  let stop: (() => void) | undefined;
  const limit = sim.env.clock.now() + 300_000;
  for (;;) {
    death.replace(() => sim.startOperator());
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
  return { requests: death.requests, end };
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

/** Every request of a story, and each moment around it, is a place to die once. */
export function describeCrashes(story: Story, setting = onIstio): void {
  describe(story.name, () => {
    itSurvivesEveryDeath((point) => tell(setting, story, point), {
      requests: 15,
      end: { phase: story.end, weight: 0 },
    });
  });
}
