import { field, type FieldPool, type KindPool } from './kind-pool.ts';
import { mainContainer, podFields } from './pod-pools.ts';

const apps = { group: 'apps', version: 'v1', isNamespaced: true } as const;
const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [mainContainer] } };
const base = { spec: { selector: { matchLabels: { app: 'a' } }, template } };

const shared: readonly FieldPool[] = [
  field(
    'spec.selector',
    [{ matchLabels: { app: 'a' } }],
    [
      { matchLabels: { app: 'other' } },
      { matchExpressions: [{ key: 'app', operator: 'In', values: [] }] },
      { matchExpressions: [{ key: 'app', operator: 'Near' }] },
      {},
    ],
  ),
  field(
    'spec.template.metadata.labels',
    [{ app: 'a' }, { app: 'a', tier: 'web' }],
    [{ app: 'b' }, { app: 'bad value!' }],
  ),
  field('spec.template.metadata.annotations', [{ note: 'x' }]),
  ...podFields('spec.template.spec'),
  field('spec.template.spec.restartPolicy', ['Always'], ['Never', 'Sometimes']),
];

const replicas = field('spec.replicas', [0, 1, 2, 5], [-1, 'two', 1.5]);
const seconds = field('spec.minReadySeconds', [0, 5], [-1]);

const condition = (type: string): readonly unknown[] => [
  {
    type,
    status: 'True',
    reason: 'Testing',
    message: 'm',
    lastUpdateTime: '2020-01-01T00:00:00Z',
    lastTransitionTime: '2020-01-01T00:00:00Z',
  },
];

/** Kinds of apps/v1, and pods. */
export const workloadKinds: readonly KindPool[] = [
  {
    ...apps,
    kind: 'Deployment',
    plural: 'deployments',
    base,
    scale: true,
    fields: [
      ...shared,
      replicas,
      seconds,
      field('spec.paused', [true, false]),
      field('spec.revisionHistoryLimit', [3], [-1]),
      field('spec.progressDeadlineSeconds', [60], [0, 5]),
      field(
        'spec.strategy',
        [
          { type: 'Recreate' },
          { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          { rollingUpdate: { maxSurge: '50%', maxUnavailable: '10%' } },
        ],
        [
          { type: 'Recreate', rollingUpdate: { maxSurge: 1 } },
          { type: 'Blue' },
          { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
          { rollingUpdate: { maxSurge: 'half' } },
        ],
      ),
    ],
    status: [
      field('status.observedGeneration', [1, 2], [-1]),
      field('status.replicas', [1, 3], [-1]),
      field('status.readyReplicas', [1], [9]),
      field('status.conditions', [condition('Available') as never, condition('Progressing') as never]),
    ],
  },
  {
    ...apps,
    kind: 'ReplicaSet',
    plural: 'replicasets',
    base,
    scale: true,
    fields: [...shared, replicas, seconds],
    selectors: ['status.replicas=0'],
    status: [
      field('status.replicas', [0, 3], [-1]),
      field('status.readyReplicas', [1], [9]),
      field('status.observedGeneration', [1]),
    ],
  },
  {
    ...apps,
    kind: 'StatefulSet',
    plural: 'statefulsets',
    base: { spec: { ...base.spec, serviceName: 'a' } },
    scale: true,
    fields: [...shared, replicas, field('spec.podManagementPolicy', ['OrderedReady', 'Parallel'], ['Random'])],
    status: [field('status.replicas', [1], [-1]), field('status.readyReplicas', [1])],
  },
  {
    ...apps,
    kind: 'DaemonSet',
    plural: 'daemonsets',
    base,
    fields: [
      ...shared,
      seconds,
      field('spec.updateStrategy', [{ type: 'OnDelete' }, { type: 'RollingUpdate' }], [{ type: 'Now' }]),
    ],
    status: [field('status.numberReady', [1], [-1]), field('status.desiredNumberScheduled', [2])],
  },
  {
    ...apps,
    kind: 'ControllerRevision',
    plural: 'controllerrevisions',
    base: { revision: 1, data: { x: 1 } },
    fields: [field('revision', [1, 2], [-1, 'first']), field('data', [{ x: 1 }, { x: 2 }])],
  },
  {
    group: '',
    version: 'v1',
    isNamespaced: true,
    kind: 'Pod',
    plural: 'pods',
    base: { spec: { containers: [mainContainer] } },
    fields: [...podFields('spec'), field('spec.restartPolicy', ['Always', 'Never', 'OnFailure'], ['Sometimes'])],
    selectors: [
      'status.phase=Pending',
      'spec.nodeName=node-a',
      'spec.restartPolicy=Never',
      'spec.schedulerName=default-scheduler',

      'spec.hostname=x',
    ],
    status: [
      field('status.phase', ['Pending', 'Running'], [3]),
      field('status.conditions', [condition('Ready').map(() => ({ type: 'Ready', status: 'True' })) as never]),
    ],
  },
  {
    group: '',
    version: 'v1',
    isNamespaced: true,
    kind: 'ReplicationController',
    plural: 'replicationcontrollers',
    base: { spec: { selector: { app: 'a' }, template } },
    scale: true,
    fields: [replicas, seconds, field('spec.template.spec.containers', [[mainContainer]])],
    status: [field('status.replicas', [1])],
  },
];
