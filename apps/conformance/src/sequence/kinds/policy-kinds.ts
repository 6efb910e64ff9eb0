import { field, type KindPool } from './kind-pool.ts';

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;
const rbacGroup = rbac.group;

const rules = field(
  'rules',
  [
    [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'create'] }],
    [{ apiGroups: [''], resources: ['*'], verbs: ['*'] }],
    [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['a'], verbs: ['get', 'update', 'patch', 'delete'] }],
    [{ apiGroups: ['*'], resources: ['*/status', '*/scale'], verbs: ['get', 'patch'] }],
    [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['list', 'watch'] }],
    [],
  ],
  [
    [{ apiGroups: [''], resources: ['configmaps'], verbs: [] }],
    [{ resources: ['configmaps'], verbs: ['get'] }],
    [{ apiGroups: [''], verbs: ['get'] }],
    [{ nonResourceURLs: ['/healthz'], resources: ['x'], verbs: ['get'] }],
    [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }],
    'all',
  ],
);

const subjects = field(
  'subjects',
  [
    [{ kind: 'User', name: '{{ns}}-alice', apiGroup: rbacGroup }],
    [
      { kind: 'User', name: '{{ns}}-bob' },
      { kind: 'Group', name: '{{ns}}-team' },
    ],
    [{ kind: 'ServiceAccount', name: 'default', namespace: '{{ns}}' }],
    [],
  ],
  [
    [{ kind: 'User', name: '' }],
    [{ kind: 'Robot', name: 'x' }],
    [{ kind: 'ServiceAccount', name: 'default', apiGroup: rbacGroup }],
    [{ kind: 'User', name: 'x', apiGroup: 'wrong' }],
  ],
);

/** Roles and bindings. */
export const accessKinds: readonly KindPool[] = [
  {
    ...rbac,
    kind: 'Role',
    plural: 'roles',
    isNamespaced: true,
    base: { rules: rules.sound[0] ?? [] },
    fields: [rules],
  },
  {
    ...rbac,
    kind: 'RoleBinding',
    plural: 'rolebindings',
    isNamespaced: true,
    base: { roleRef: { apiGroup: rbacGroup, kind: 'Role', name: 'a' }, subjects: subjects.sound[0] ?? [] },
    fields: [
      subjects,
      field(
        'roleRef',
        [
          { apiGroup: rbacGroup, kind: 'Role', name: 'a' },
          { kind: 'ClusterRole', name: '{{ns}}-b' },
          { kind: 'ClusterRole', name: '{{ns}}-a' },
        ],
        [
          { kind: 'Group', name: 'a' },
          { kind: 'Role', name: '' },
          { apiGroup: 'wrong', kind: 'Role', name: 'a' },
        ],
      ),
    ],
  },
  {
    ...rbac,
    kind: 'ClusterRole',
    plural: 'clusterroles',
    isNamespaced: false,
    base: { rules: rules.sound[0] ?? [] },
    fields: [rules],
  },
  {
    ...rbac,
    kind: 'ClusterRoleBinding',
    plural: 'clusterrolebindings',
    isNamespaced: false,
    base: {
      roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: '{{ns}}-a' },
      subjects: subjects.sound[0] ?? [],
    },
    fields: [subjects, field('roleRef', [{ kind: 'ClusterRole', name: '{{ns}}-b' }], [{ kind: 'Role', name: 'a' }])],
  },
];

/** Leases, slices, autoscalers and what else stands beside workloads. */
export const otherKinds: readonly KindPool[] = [
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    kind: 'Lease',
    plural: 'leases',
    isNamespaced: true,
    isCollected: true,
    base: { spec: { holderIdentity: 'a' } },
    fields: [
      field('spec.holderIdentity', ['a', 'b'], [3]),
      field('spec.leaseDurationSeconds', [15, 30], [0, -1, 'x']),
      field('spec.leaseTransitions', [0, 1], [-1]),
      field(
        'spec.renewTime',
        ['2020-01-01T00:00:00.000000Z', '2020-01-01T00:00:01.500000Z'],
        ['2020-01-01T00:00:00Z', 'now'],
      ),
    ],
  },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    kind: 'EndpointSlice',
    plural: 'endpointslices',
    isNamespaced: true,
    base: { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.2.3'] }], ports: [{ name: 'http', port: 80 }] },
    fields: [
      field('addressType', ['IPv4'], ['Other']),
      field(
        'endpoints',
        [
          [{ addresses: ['10.1.2.4'], conditions: { ready: true } }],
          [{ addresses: ['10.1.2.5'], hostname: 'h', nodeName: 'n' }],
          [],
        ],
        [[{ addresses: ['127.0.0.1'] }], [{ addresses: [] }], [{ addresses: ['x'] }]],
      ),
      field(
        'ports',
        [
          [{ port: 8080 }],
          [
            { name: 'a', port: 1 },
            { name: 'b', port: 2 },
          ],
        ],
        [
          [
            { name: 'a', port: 1 },
            { name: 'a', port: 2 },
          ],
        ],
      ),
    ],
  },
  {
    group: 'autoscaling',
    version: 'v2',
    kind: 'HorizontalPodAutoscaler',
    plural: 'horizontalpodautoscalers',
    isNamespaced: true,
    base: { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' } } },
    fields: [
      field('spec.maxReplicas', [3, 5], [0, -1, 'x']),
      field('spec.minReplicas', [1, 2], [9, -1]),
      field('spec.scaleTargetRef.name', ['a', 'b'], ['']),
    ],
    status: [field('status.currentReplicas', [1]), field('status.desiredReplicas', [2])],
  },
];
