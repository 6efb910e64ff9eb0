import type { Deployment, Pod } from '@canaryop/reconcile/kinds';
import { describe, expect, it } from 'vitest';

import { canaryForLabel } from '../../api/v1/names.ts';
import { VirtualService } from '../../traffic/istio/kinds.ts';
import { childMatters, podMatters } from './matters.ts';

type Status = NonNullable<Deployment['status']>;
const deployment = (resourceVersion: string, status: Status, generation = 2): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop-primary', resourceVersion, generation },
  spec: { replicas: 1, selector: { matchLabels: {} }, template: {} },
  status,
});
const rolledOut = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
const rolling = { observedGeneration: 2, replicas: 2, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };

describe('a change of a Deployment', () => {
  it.each<readonly [what: string, previous: Deployment, object: Deployment, matters: boolean]>([
    [
      'that counts one pod more on its way',
      deployment('1', { replicas: 1, readyReplicas: 1 }),
      deployment('2', rolling),
      false,
    ],
    ['that makes it ready', deployment('1', rolling), deployment('2', rolledOut), true],
    [
      'that takes its last ready pod',
      deployment('1', rolling),
      deployment('2', { ...rolling, readyReplicas: 0 }),
      true,
    ],
    ['that is of its spec', deployment('1', rolling, 1), deployment('2', rolling), true],
    ['that is of its version alone', deployment('1', rolledOut), deployment('2', rolledOut), false],
  ])('%s matters: %#', (_, previous, object, matters) => {
    expect(childMatters({ type: 'updated', previous, object })).toBe(matters);
  });
});

describe('a change of routes', () => {
  const routes = (resourceVersion: string, weight: number): VirtualService => ({
    apiVersion: 'networking.istio.io/v1',
    kind: VirtualService.kind,
    metadata: { name: 'shop', resourceVersion },
    spec: { hosts: ['*'], http: [{ route: [{ destination: { host: 'shop' }, weight }] }] },
  });

  it('matters with its weight, and not with its version', () => {
    expect(childMatters({ type: 'updated', previous: routes('1', 10), object: routes('2', 20) })).toBe(true);
    expect(childMatters({ type: 'updated', previous: routes('1', 10), object: routes('2', 10) })).toBe(false);
  });

  it('matters when they come and go', () => {
    expect(childMatters({ type: 'added', object: routes('1', 0), isInitialList: false })).toBe(true);
    expect(childMatters({ type: 'deleted', previous: routes('1', 0) })).toBe(true);
  });
});

describe('a change of a pod', () => {
  const pod = (reason?: string, metadata: Partial<Pod['metadata']> = {}): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shop-1', ...metadata },
    status: {
      containerStatuses: [
        {
          name: 'shop',
          image: 'shop:v1',
          imageID: '',
          ready: false,
          restartCount: 0,
          state: reason === undefined ? {} : { waiting: { reason } },
        },
      ],
    },
  });
  const failing = pod('CrashLoopBackOff');
  const tried = { labels: { [canaryForLabel]: 'shop' } };

  it.each<readonly [what: string, change: Parameters<typeof podMatters>[0], matters: boolean]>([
    ['that is there', { type: 'added', object: pod(), isInitialList: false }, false],
    ['that runs', { type: 'updated', previous: pod('ContainerCreating'), object: pod() }, false],
    ['that cannot start', { type: 'updated', previous: pod(), object: failing }, true],
    ['that could not when it was seen first', { type: 'added', object: failing, isInitialList: false }, true],
    ['that could not and goes', { type: 'deleted', previous: failing }, true],
    [
      'that could not and is on its way out',
      {
        type: 'updated',
        previous: failing,
        object: pod('CrashLoopBackOff', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      },
      true,
    ],
    ['that goes', { type: 'deleted', previous: pod() }, false],
    ['that is tried alone', { type: 'updated', previous: pod(undefined, tried), object: pod(undefined, tried) }, true],
  ])('%s matters: %#', (_, change, matters) => {
    expect(podMatters(change)).toBe(matters);
  });
});
