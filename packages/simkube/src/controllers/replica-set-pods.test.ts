import { describe, expect, it } from 'vitest';

import type { ReplicaSet } from '../kinds/apps-v1.ts';
import type { Pod } from '../kinds/core-v1.ts';
import { deletionOrder, podFor, replicaSetStatus } from './replica-set-pods.ts';

const replicaSet: ReplicaSet = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web-1', namespace: 'default', uid: 'u1', generation: 4 },
  spec: {
    replicas: 2,
    minReadySeconds: 10,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' }, annotations: { a: 'b' } }, spec: { containers: [] } },
  },
};

function pod(
  name: string,
  readySince?: string,
  more: { node?: string; phase?: 'Pending' | 'Running'; born?: string } = {},
): Pod {
  const { node = 'n', phase = 'Running', born = '2026-01-01T00:00:00Z' } = more;
  const made = podFor(replicaSet, name);
  return {
    ...made,
    metadata: { ...made.metadata, creationTimestamp: born },
    spec: { ...made.spec, ...(node === '' ? {} : { nodeName: node }) },
    status: {
      phase,
      conditions: [
        readySince === undefined
          ? { type: 'Ready', status: 'False' }
          : { type: 'Ready', status: 'True', lastTransitionTime: readySince },
      ],
    },
  };
}

const readyAt = '2026-01-01T00:00:00Z';

describe('the pods of a ReplicaSet', () => {
  it('are made from its template and controlled by it', () => {
    expect(podFor(replicaSet, 'abcde')).toMatchObject({
      metadata: {
        name: 'web-1-abcde',
        namespace: 'default',
        labels: { app: 'web' },
        annotations: { a: 'b' },
        ownerReferences: [{ kind: 'ReplicaSet', name: 'web-1', uid: 'u1', controller: true }],
      },
    });
  });

  it('go in the order: not bound, pending, not ready, youngest', () => {
    const pods = [
      pod('old', readyAt),
      pod('young', readyAt, { born: '2026-01-02T00:00:00Z' }),
      pod('unready'),
      pod('pending', undefined, { phase: 'Pending' }),
      pod('unbound', undefined, { node: '', phase: 'Pending' }),
    ];
    expect(deletionOrder(pods).map((each) => each.metadata.name.slice('web-1-'.length))).toEqual([
      'unbound',
      'pending',
      'unready',
      'young',
      'old',
    ]);
  });

  it('are counted as ready at once and as available after minReadySeconds', () => {
    const nowMs = 1_767_225_605_000;
    const pods = [pod('a', readyAt), pod('b', '2025-12-31T23:00:00Z'), pod('c')];
    expect(replicaSetStatus(replicaSet, pods, { nowMs, failure: undefined })).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 2,
      availableReplicas: 1,
      observedGeneration: 4,
    });
  });

  it('that cannot be made leave a condition', () => {
    const status = replicaSetStatus(replicaSet, [], { nowMs: 0, failure: 'quota' });
    expect(status).toMatchObject({
      replicas: 0,
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' }],
    });
  });
});
