import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { deploymentOf, isRolledOut, startCluster, type VirtualCluster } from '../../test/virtual-cluster.ts';
import { isPodReady } from '../controllers/pod-readiness.ts';
import { deploymentKind, replicaSetKind } from '../kinds/apps-v1.ts';
import { podKind, serviceKind } from '../kinds/core-v1.ts';
import { endpointSliceKind } from '../kinds/discovery-v1.ts';

type Step = (cluster: VirtualCluster) => void;

const image = fc.constantFrom(
  'sample-server:v1',
  'sample-server:v2',
  'app:never-ready',
  'app:crash-loop',
  'app:pull-error',
  'Not An Image',
);

function setImage(cluster: VirtualCluster, name: string): void {
  const live = cluster.deployment('web');
  const { template } = deploymentOf('web', name).spec;
  cluster.api.update(deploymentKind, { ...live, spec: { ...live.spec, template } });
}

const pick = <T>(items: readonly T[], at: number): T | undefined => items[at % Math.max(1, items.length)];

/** What a user, or an accident, may do to a Deployment and its children. */
const step: fc.Arbitrary<Step> = fc.oneof(
  image.map(
    (name): Step =>
      (cluster) =>
        setImage(cluster, name),
  ),
  fc.nat(4).map((replicas): Step => (cluster) => {
    const live = cluster.deployment('web');
    cluster.api.update(deploymentKind, { ...live, spec: { ...live.spec, replicas } });
  }),
  fc.boolean().map((paused): Step => (cluster) => {
    const live = cluster.deployment('web');
    cluster.api.update(deploymentKind, { ...live, spec: { ...live.spec, paused } });
  }),
  fc.tuple(fc.nat(), fc.constantFrom(0, 1, 30)).map(([at, gracePeriodSeconds]): Step => (cluster) => {
    const pod = pick(cluster.pods(), at);
    if (pod !== undefined) {
      cluster.api.delete(podKind, { namespace: 'default', name: pod.metadata.name }, { gracePeriodSeconds });
    }
  }),
  fc.nat().map((at): Step => (cluster) => {
    const found = pick(cluster.api.list(replicaSetKind, { namespace: 'default' }), at);
    if (found !== undefined) cluster.api.delete(replicaSetKind, { namespace: 'default', name: found.metadata.name });
  }),
  fc.nat().map((at): Step => (cluster) => {
    const found = pick(cluster.api.list(endpointSliceKind, { namespace: 'default' }), at);
    if (found !== undefined) cluster.api.delete(endpointSliceKind, { namespace: 'default', name: found.metadata.name });
  }),
);

describe('the world', () => {
  it('comes to the desired state from wherever it was put', async () => {
    const steps = fc.array(fc.tuple(step, fc.integer({ min: 0, max: 8000 })), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const cluster = startCluster();
        cluster.api.create(serviceKind, {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web', namespace: 'default' },
          spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
        });
        cluster.api.create(deploymentKind, deploymentOf('web', 'sample-server:v1', { replicas: 2 }));
        for (const [act, waitMs] of all) {
          act(cluster);
          await cluster.env.time.advance(waitMs);
        }
        const live = cluster.deployment('web');
        const { template } = deploymentOf('web', 'sample-server:v9').spec;
        cluster.api.update(deploymentKind, { ...live, spec: { ...live.spec, paused: false, replicas: 3, template } });
        await cluster.env.time.advance(120_000);

        expect(isRolledOut(cluster.deployment('web'))).toBe(true);
        expect(cluster.pods().filter(isPodReady)).toHaveLength(3);
        expect(new Set(cluster.pods().map((pod) => pod.spec.containers[0]?.image))).toEqual(
          new Set(['sample-server:v9']),
        );
        const addresses = cluster.api
          .list(endpointSliceKind, { namespace: 'default' })
          .flatMap((slice) => slice.endpoints.map((endpoint) => endpoint.addresses[0]));
        expect(new Set(addresses)).toEqual(new Set(cluster.pods().map((pod) => pod.status?.podIP)));
        expect(cluster.env.time.pending).toBe(0);
        await cluster.stop();
      }),
      { numRuns: 25 },
    );
  });
});
