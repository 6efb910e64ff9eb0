import type { Deployment, Pod } from '@canaryop/reconcile/kinds';
import { describe, expect, it } from 'vitest';

import { revisionOf } from '../api/v1/revision.ts';
import { deploymentFacts } from './workload.ts';

const revision = revisionOf('shop:v1', 8080);
const born = '2026-01-01T00:00:10Z';

function deployment(status: NonNullable<Deployment['status']>, replicas = 2): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', uid: 'u', generation: 3, creationTimestamp: born },
    spec: { replicas, selector: { matchLabels: { app: 'shop' } }, template: {} },
    status,
  };
}
const whole = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };

function waitingPod(reason: string, metadata: object = {}): Pod {
  const state = { waiting: { reason } };
  const containerStatuses = [{ name: 'shop', ready: false, restartCount: 0, image: 'shop:v1', imageID: '', state }];
  const named = { name: 'shop-1', creationTimestamp: '2026-01-01T00:00:11Z', ...metadata };
  return { apiVersion: 'v1', kind: 'Pod', metadata: named, status: { containerStatuses } };
}

const failureBy = (pod: Pod) => deploymentFacts(deployment(whole), [pod], revision).failure?.reason;

describe('a workload', () => {
  it.each<[string, Deployment, boolean]>([
    ['all of its pods are there', deployment(whole), true],
    ['its template was not looked at yet', deployment({ ...whole, observedGeneration: 2 }), false],
    ['a pod of the old template is left', deployment({ ...whole, replicas: 3 }), false],
    ['a pod is not available', deployment({ ...whole, availableReplicas: 1 }), false],
    ['more are asked for', deployment(whole, 3), false],
    ['none is asked for', deployment({ observedGeneration: 3 }, 0), false],
  ])('where %s is ready: %s', (_what, seen, isReady) => {
    expect(deploymentFacts(seen, [], revision).ready).toBe(isReady);
  });

  it.each(['CrashLoopBackOff', 'ImagePullBackOff', 'InvalidImageName', 'CreateContainerConfigError'])(
    'fails by a pod in %s',
    (reason) => {
      expect(failureBy(waitingPod(reason))).toBe(reason);
    },
  );

  it.each(['ErrImagePull', 'ContainerCreating', 'PodInitializing'])('does not fail by one in %s', (reason) => {
    expect(failureBy(waitingPod(reason))).toBeUndefined();
  });

  it('fails by a pod that an alert was noted on', () => {
    const noted = waitingPod('ContainerCreating', { annotations: { 'canary.atze.io/alert': 'SlowPod' } });
    expect(deploymentFacts(deployment(whole), [noted], revision).failure).toEqual({
      reason: 'AlertFiring',
      message: 'alert SlowPod names pod shop-1',
    });
  });

  it('does not fail by a pod that is on its way out, or that was there before it', () => {
    expect(failureBy(waitingPod('CrashLoopBackOff', { deletionTimestamp: born }))).toBeUndefined();
    expect(failureBy(waitingPod('CrashLoopBackOff', { creationTimestamp: '2026-01-01T00:00:09Z' }))).toBeUndefined();
  });
});
