import { CanaryApp } from '@canaryop/operator';
import type { Loopback } from '@canaryop/simkube';

/** What the sample's Prometheus is called. */
export const prometheusHost = 'prometheus.istio-system.svc:9090';

/** The times of these rollouts, in seconds. */
export const rolloutTimes = { interval: 3, settle: 1, drain: 1 } as const;

const namespace = 'default';

/** Creates applications until there are this many, each with a host of its own and one pod. */
export function createApplications(
  api: Loopback,
  { count, existing = 0, stepWeight = 10 }: { count: number; existing?: number; stepWeight?: number },
): void {
  for (let index = existing; index < count; index += 1) {
    api.create(CanaryApp, {
      apiVersion: 'canary.atze.io/v1',
      kind: 'CanaryApp',
      metadata: { namespace, name: `app-${index}` },
      spec: {
        image: 'sample-server:v1',
        imageListenPort: 8088,
        replicas: 1,
        testReplicas: 1,
        prometheusQuery: 'errors > 2',
        prometheusURL: `http://${prometheusHost}`,
        failWhenPrometheusFails: true,
        trafficShiftUpdateInterval: rolloutTimes.interval,
        deploymentReadyWaitTime: rolloutTimes.settle,
        progressDeadlineSeconds: 600,
        drainSeconds: rolloutTimes.drain,
        strategy: { stepWeight, maxWeight: 50 },
        service: { hosts: [`app-${index}.example.com`] },
        podSecurity: 'default',
      },
    });
  }
}

/** Changes the image of every application at once. */
export function changeImages(api: Loopback, image: string): void {
  for (const app of api.list(CanaryApp)) api.update(CanaryApp, { ...app, spec: { ...app.spec, image } });
}

/** How many applications are at rest with this image. */
export function releasedCount(api: Loopback, image: string): number {
  return api.list(CanaryApp).filter(({ status }) => status?.phase === 'Released' && status.releasedImage === image)
    .length;
}

/** Why a release failed, if one did. */
export function failureOf(api: Loopback): string | undefined {
  const failed = api.list(CanaryApp).find(({ status }) => status?.phase === 'Failed');
  return failed?.status?.decisions?.[0]?.message;
}
