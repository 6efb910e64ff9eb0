import type { KubernetesObject } from '@canaryop/reconcile/object';
import { validateObject } from '@canaryop/reconcile/validation';
import { EmbeddedPrometheus, istioDefinitions } from '@canaryop/simkube';
import {
  brokenWatches,
  conflicts,
  crashAnywhere,
  lostReplies,
  outage,
  serverErrors,
  simulate,
  slowAnswers,
  stale,
  throttling,
  twoLeaders,
  type Operator,
  type ProcessParts,
  type Simulation,
} from '@canaryop/testkit/simulation';
import { expect, it } from 'vitest';

import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { createOperator } from '../../src/operator.ts';
import { VirtualService } from '../../src/traffic/istio/kinds.ts';
import { weightOf } from '../../src/traffic/istio/routes.ts';
import { sampleSpec } from '../plan/tiny-world.ts';

const key = { namespace: 'default', name: 'demo' } as const;
const v2 = 'go-status-code-server:v2';

/** A process of the operator, with a Prometheus that scrapes the ingress. */
function canaryOperator({ env, connection, instance, leaderElection, world }: ProcessParts): Operator {
  const prometheus = new EmbeddedPrometheus(env);
  prometheus.scraper.add({ job: 'ingress', instance: 'ingress', collect: () => world?.collect() ?? [] });
  prometheus.scraper.start();
  return createOperator({
    env,
    connection,
    instance,
    network: prometheus.transport(),
    resolve: () => Promise.resolve([]),
    validator: () => Promise.resolve(validateObject),
    addresses: {
      allowedHosts: [],
      resolve: new Map([['prometheus.istio-system.svc:9090', { host: '127.0.0.1', port: 9090 }]]),
      refusedAddresses: [],
    },
    ...(leaderElection === undefined ? {} : { leaderElection }),
  });
}

/** What the operator makes, and where the release ended; how it came there is another tale in each run. */
function outcome(object: KubernetesObject & { readonly spec?: unknown }): unknown {
  if (object.kind === 'CanaryApp') {
    const { status } = object as CanaryApp;
    return { phase: status?.phase, releasedImage: status?.releasedImage, weight: status?.trafficShift };
  }
  const { kind, metadata, spec } = object;
  const { labels, ownerReferences } = metadata;
  return ['Pod', 'ReplicaSet', 'EndpointSlice'].includes(kind) ? undefined : { labels, ownerReferences, spec };
}

const isReleased = (app: CanaryApp | undefined, image: string): boolean =>
  app?.status?.releasedImage === image && app.status.phase === 'Released';

const release: Simulation = simulate(canaryOperator)
  .given(CanaryApp.crd(), ...istioDefinitions(), {
    apiVersion: 'canary.atze.io/v1',
    kind: 'CanaryApp',
    metadata: key,
    spec: {
      ...sampleSpec,
      trafficShiftUpdateInterval: 2,
      deploymentReadyWaitTime: 1,
      drainSeconds: 1,
      // Ten minutes without an API server count.
      progressDeadlineSeconds: 3600,
    },
  })
  .when(async ({ get, edit, until }) => {
    await until(() => isReleased(get(CanaryApp, key), sampleSpec.image));
    edit(CanaryApp, key, (app) => ({ ...app, spec: { ...app.spec, image: v2 } }));
    await until(() => isReleased(get(CanaryApp, key), v2));
  })
  .expect(({ get }) => {
    const routes = get(VirtualService, key);
    expect(routes && weightOf(routes)).toBe(0);
  })
  .with({ cluster: {}, view: outcome, limitRequests: 2000 });

it('a release ends the same, whatever goes wrong', { timeout: 300_000 }, async () => {
  const faults = [crashAnywhere, stale, brokenWatches, conflicts, throttling, serverErrors, lostReplies, slowAnswers];
  const report = await release
    .faults(...faults, outage)
    .seeds(30)
    .converges();
  expect(report.requests).toBeGreaterThan(25);
});

it('a release ends the same when a leader stands still for longer than its lease', { timeout: 300_000 }, async () => {
  await release.faults(twoLeaders).seeds(5).converges();
});
