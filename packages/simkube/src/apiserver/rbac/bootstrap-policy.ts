import type { ApiObject, JsonObject } from '../object/api-object.ts';

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;
type Labels = Readonly<Record<string, string>>;

const bootstrapLabel: Labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): JsonObject => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

const urls = (paths: readonly string[]): JsonObject => ({ nonResourceURLs: paths, verbs: ['get'] });

function role(name: string, rules: readonly JsonObject[], labels: Labels = {}): ApiObject {
  return {
    apiVersion,
    kind: 'ClusterRole',
    metadata: { name, labels: { ...bootstrapLabel, ...labels } },
    rules,
  };
}

const aggregateTo = (level: string): Labels => ({ [`rbac.authorization.k8s.io/aggregate-to-${level}`]: 'true' });

function aggregated(name: string, labels: Labels = {}): ApiObject {
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: aggregateTo(name) }] };
  return { ...role(name, [], labels), aggregationRule };
}

function binding(name: string, groups: readonly string[]): ApiObject {
  return {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: bootstrapLabel },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name },
    subjects: groups.map((subject) => ({ apiGroup: group, kind: 'Group', name: subject })),
  };
}

const workloads = [
  'daemonsets',
  'deployments',
  'deployments/scale',
  'replicasets',
  'replicasets/scale',
  'statefulsets',
  'statefulsets/scale',
];
const readable: readonly JsonObject[] = [
  rule('', ['configmaps', 'endpoints', 'events', 'persistentvolumeclaims', 'pods', 'pods/log', 'pods/status'], read),
  rule(
    '',
    ['replicationcontrollers', 'replicationcontrollers/scale', 'serviceaccounts', 'services', 'services/status'],
    read,
  ),
  rule('', ['limitranges', 'namespaces', 'resourcequotas'], read),
  rule('discovery.k8s.io', ['endpointslices'], read),
  rule('apps', [...workloads, 'controllerrevisions'], read),
  rule('autoscaling', ['horizontalpodautoscalers', 'horizontalpodautoscalers/status'], read),
  rule('batch', ['cronjobs', 'jobs'], read),
  rule('policy', ['poddisruptionbudgets'], read),
  rule('networking.k8s.io', ['ingresses', 'networkpolicies'], read),
];
const editable: readonly JsonObject[] = [
  rule('', ['secrets', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'services/proxy'], read),
  rule('', ['serviceaccounts'], ['impersonate']),
  rule('', ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], write),
  rule('', ['pods/eviction', 'serviceaccounts/token'], ['create']),
  rule(
    '',
    ['configmaps', 'endpoints', 'events', 'persistentvolumeclaims', 'secrets', 'serviceaccounts', 'services'],
    write,
  ),
  rule('', ['replicationcontrollers', 'replicationcontrollers/scale', 'services/proxy'], write),
  rule('apps', workloads, write),
  rule('autoscaling', ['horizontalpodautoscalers'], write),
  rule('batch', ['cronjobs', 'jobs'], write),
  rule('policy', ['poddisruptionbudgets'], write),
  rule('networking.k8s.io', ['ingresses', 'networkpolicies'], write),
  rule('coordination.k8s.io', ['leases'], [...read, ...write]),
];
const administrable: readonly JsonObject[] = [
  rule('authorization.k8s.io', ['localsubjectaccessreviews'], ['create']),
  rule(group, ['rolebindings', 'roles'], [...read, ...write]),
];

const discoveryPaths = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];

/** The roles and bindings that every cluster starts with, for the kinds that are served here. */
export function bootstrapPolicy(): readonly ApiObject[] {
  const any = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
  return [
    role('cluster-admin', [any, { nonResourceURLs: ['*'], verbs: ['*'] }]),
    role('system:discovery', [urls(discoveryPaths)]),
    role('system:public-info-viewer', [urls(['/healthz', '/livez', '/readyz', '/version', '/version/'])]),
    role('system:basic-user', [
      rule('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
      rule('authentication.k8s.io', ['selfsubjectreviews'], ['create']),
    ]),
    role('system:auth-delegator', [
      rule('authentication.k8s.io', ['tokenreviews'], ['create']),
      rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
    ]),
    aggregated('admin'),
    aggregated('edit', aggregateTo('admin')),
    aggregated('view', aggregateTo('edit')),
    role('system:aggregate-to-admin', administrable, aggregateTo('admin')),
    role('system:aggregate-to-edit', editable, aggregateTo('edit')),
    role('system:aggregate-to-view', readable, aggregateTo('view')),
    binding('cluster-admin', ['system:masters']),
    binding('system:discovery', ['system:authenticated']),
    binding('system:public-info-viewer', ['system:authenticated', 'system:unauthenticated']),
    binding('system:basic-user', ['system:authenticated']),
  ];
}
