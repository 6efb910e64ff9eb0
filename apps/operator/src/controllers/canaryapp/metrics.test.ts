import { metricsRegistry, type MetricsRegistry } from '@canaryop/reconcile/metrics';
import { fakeInformer, type FakeInformer } from '@canaryop/reconcile/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { CanaryApp, type CanaryAppStatus } from '../../api/v1/canaryapp.ts';
import { seriesOf, totalsOf } from '../../../test/metrics/series.ts';
import { at, released, runOf } from '../../../test/plan/situation.ts';
import { sampleSpec, uid } from '../../../test/plan/tiny-world.ts';
import { declareCanaryMetrics } from './metrics.ts';

let registry: MetricsRegistry;
let apps: FakeInformer<CanaryApp>;
let leads: boolean;

beforeEach(() => {
  registry = metricsRegistry();
  apps = fakeInformer(CanaryApp);
  leads = true;
  declareCanaryMetrics(registry, { apps, isLeader: () => leads });
});

function appOf(status?: CanaryAppStatus, name = 'demo', namespace = 'default'): CanaryApp {
  return {
    apiVersion: 'canary.atze.io/v1',
    kind: 'CanaryApp',
    metadata: { name, namespace, uid },
    spec: sampleSpec,
    ...(status === undefined ? {} : { status }),
  };
}

const state = async (status?: CanaryAppStatus): Promise<number | undefined> => {
  apps.put(appOf(status));
  return (await seriesOf(registry))['canaryop_canary_status{name="demo",namespace="default"}'];
};

describe('canaryop_canary_status', () => {
  it.each([
    ['0 before anything was written', undefined, 0],
    [
      '0 while it is installed',
      released({ successfulRelease: undefined, released: undefined, run: runOf('Installing') }),
      0,
    ],
    ['1 at rest', released(), 1],
    ['0 while secondary starts', released({ run: runOf('Starting') }), 0],
    ['0 while it has traffic', released({ run: runOf('Shifting', { step: 20 }) }), 0],
    ['0 while primary gets it', released({ run: runOf('Promoting', { step: 50 }) }), 0],
    ['0 in a new run after one that failed', released({ successfulRelease: false, run: runOf('Starting') }), 0],
    ['1 once it is promoted', released({ run: runOf('Ending', { outcome: 'Promoted' }) }), 1],
    ['2 once it failed', released({ successfulRelease: false, run: runOf('Ending', { outcome: 'Failed' }) }), 2],
    ['2 while primary goes back', released({ successfulRelease: false, run: runOf('Restoring') }), 2],
    ['2 at rest after a failure', released({ successfulRelease: false }), 2],
    ['1 while a cancelled run is cleared away', released({ run: runOf('Ending', { outcome: 'Cancelled' }) }), 1],
    ['0 when the status is of an earlier object', released({ forUid: 'another' }), 0],
  ])('is %s', async (_when, status, expected) => {
    expect(await state(status)).toBe(expected);
  });
});

describe('canaryop_canary_weight', () => {
  it('is what was read back for secondary, and the rest for primary', async () => {
    apps.put(appOf(released({ trafficShift: 20, run: runOf('Shifting', { step: 30 }) })));
    expect(await totalsOf(registry)).toMatchObject({
      'canaryop_canary_weight{workload="demo-primary",namespace="default"}': 80,
      'canaryop_canary_weight{workload="demo-secondary",namespace="default"}': 20,
    });
  });

  it('is of the target by its own name where there was one before', async () => {
    const targetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'podinfo' };
    const spec = { targetRef, service: { port: 80 } } as unknown as CanaryApp['spec'];
    const app = appOf(released({ trafficShift: 20, run: runOf('Shifting', { step: 20 }) }));
    apps.put(CanaryApp.withDefaults({ ...app, spec }));
    expect(await totalsOf(registry)).toMatchObject({
      'canaryop_canary_weight{workload="demo-primary",namespace="default"}': 80,
      'canaryop_canary_weight{workload="podinfo",namespace="default"}': 20,
    });
  });

  it('is not there before the first release, which nobody is sent to', async () => {
    apps.put(appOf());
    expect(Object.keys(await seriesOf(registry)).filter((name) => name.includes('weight'))).toEqual([]);
  });
});

describe('canaryop_canary_total', () => {
  it('counts by namespace', async () => {
    apps.put(appOf(undefined, 'a'));
    apps.put(appOf(undefined, 'b'));
    apps.put(appOf(undefined, 'a', 'other'));
    expect(await seriesOf(registry)).toMatchObject({
      'canaryop_canary_total{namespace="default"}': 2,
      'canaryop_canary_total{namespace="other"}': 1,
    });
  });
});

describe('canaryop_canary_duration_seconds', () => {
  const labels = 'name="demo",namespace="default"';
  const durations = async (): Promise<readonly (number | undefined)[]> => {
    const series = await seriesOf(registry);
    return ['count', 'sum'].map((part) => series[`canaryop_canary_duration_seconds_${part}{${labels}}`]);
  };
  const running = released({ run: runOf('Shifting', { startedAt: at(100) }) });
  const ended = (outcome: 'Promoted' | 'Failed' | 'Cancelled'): CanaryAppStatus =>
    released({ run: runOf('Ending', { outcome, startedAt: at(100), stageSince: at(500) }) });

  it.each(['Promoted', 'Failed'] as const)('has the time from start to verdict of a run that %s', async (outcome) => {
    apps.put(appOf(running));
    expect(await durations()).toEqual([0, 0]);
    apps.put(appOf(ended(outcome)));
    apps.put(appOf({ ...ended(outcome), phase: 'Ending' }));
    apps.put(appOf(released()));
    expect(await durations()).toEqual([1, 400]);
    const series = await seriesOf(registry);
    const bucket = (le: string): number | undefined =>
      series[`canaryop_canary_duration_seconds_bucket{le="${le}",${labels}}`];
    expect([bucket('300'), bucket('600'), bucket('+Inf')]).toEqual([0, 1, 1]);
  });

  it('has nothing of a cancelled run, which has no verdict', async () => {
    apps.put(appOf(running));
    apps.put(appOf(ended('Cancelled')));
    expect(await durations()).toEqual([0, 0]);
  });

  it('does not count a verdict that was there when the process started', async () => {
    apps.put(appOf(ended('Promoted')), { isInitialList: true });
    apps.put(appOf(released()));
    expect(await durations()).toEqual([0, 0]);
  });

  it('begins anew for another CanaryApp of the same name', async () => {
    apps.put(appOf(running));
    apps.put(appOf(ended('Failed')));
    apps.remove(appOf());
    expect(await durations()).toEqual([undefined, undefined]);
    apps.put(appOf());
    expect(await durations()).toEqual([0, 0]);
  });
});

describe('the metrics of canaries', () => {
  it('are gone with the CanaryApp', async () => {
    apps.put(appOf(released()));
    expect(Object.keys(await totalsOf(registry))).toHaveLength(6);
    apps.remove(appOf());
    expect(await seriesOf(registry)).toEqual({});
  });

  it('are told by the leader only, and not before all of them are in memory', async () => {
    leads = false;
    apps.put(appOf(released({ run: runOf('Shifting', { startedAt: at(0) }) })));
    apps.put(appOf(released({ run: runOf('Ending', { outcome: 'Promoted', startedAt: at(0) }) })));
    expect(await seriesOf(registry)).toEqual({});
    leads = true;
    apps.hasSynced = false;
    expect(await seriesOf(registry)).toEqual({});
    apps.hasSynced = true;
    expect((await totalsOf(registry))['canaryop_canary_total{namespace="default"}']).toBe(1);
  });
});
