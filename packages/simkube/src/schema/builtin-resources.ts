/** Where a scale subresource finds its numbers. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  /** Absent where the resource has a `spec.selector` label selector of its own. */
  readonly labelSelectorPath?: string;
}

/** What a resource serves below an object's URL. */
export interface Subresources {
  readonly status?: true;
  readonly scale?: ScalePaths;
  /** Other names, for instance `log` or `token`, whose behaviour the API server implements one by one. */
  readonly others: readonly string[];
}

/** A built-in resource as discovery shows it, with the OpenAPI definition that describes its objects. */
export interface BuiltinResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly subresources: Subresources;
  /** Only POST, nothing stored: reviews. */
  readonly createOnly: boolean;
  /** Name in the OpenAPI document. */
  readonly definition: string;
}

interface Extras {
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced?: boolean;
  readonly status?: boolean;
  readonly scale?: ScalePaths;
  readonly others?: readonly string[];
  readonly createOnly?: boolean;
}

const replicas: ScalePaths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
const all = ['all'];

/** Package paths of the OpenAPI definition names. */
const packages: Readonly<Record<string, string>> = {
  '': 'io.k8s.api.core',
  apps: 'io.k8s.api.apps',
  autoscaling: 'io.k8s.api.autoscaling',
  batch: 'io.k8s.api.batch',
  policy: 'io.k8s.api.policy',
  'admissionregistration.k8s.io': 'io.k8s.api.admissionregistration',
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  'authentication.k8s.io': 'io.k8s.api.authentication',
  'authorization.k8s.io': 'io.k8s.api.authorization',
  'coordination.k8s.io': 'io.k8s.api.coordination',
  'discovery.k8s.io': 'io.k8s.api.discovery',
  'events.k8s.io': 'io.k8s.api.events',
  'networking.k8s.io': 'io.k8s.api.networking',
  'rbac.authorization.k8s.io': 'io.k8s.api.rbac',
};

/** The resources of one group version, written `kind: [plural, extras]`. */
function served(
  group: string,
  version: string,
  rows: Readonly<Record<string, readonly [plural: string, extras?: Extras]>>,
): readonly BuiltinResource[] {
  return Object.entries(rows).map(([kind, [plural, extras = {}]]) => ({
    group,
    version,
    kind,
    plural,
    singular: extras.singular ?? kind.toLowerCase(),
    shortNames: extras.shortNames ?? [],
    categories: extras.categories ?? [],
    namespaced: extras.namespaced ?? true,
    createOnly: extras.createOnly ?? false,
    definition: `${packages[group]}.${version}.${kind}`,
    subresources: {
      ...(extras.status === true ? { status: true } : {}),
      ...(extras.scale === undefined ? {} : { scale: extras.scale }),
      others: extras.others ?? [],
    },
  }));
}

/** The built-in resources that simkube serves, with the names and short names of a real API server. */
export const builtinResources: readonly BuiltinResource[] = [
  ...served('', 'v1', {
    Namespace: ['namespaces', { shortNames: ['ns'], namespaced: false, status: true, others: ['finalize'] }],
    Pod: [
      'pods',
      {
        shortNames: ['po'],
        categories: all,
        status: true,
        others: [
          'attach',
          'binding',
          'ephemeralcontainers',
          'eviction',
          'exec',
          'log',
          'portforward',
          'proxy',
          'resize',
        ],
      },
    ],
    Service: ['services', { shortNames: ['svc'], categories: all, status: true, others: ['proxy'] }],
    Endpoints: ['endpoints', { shortNames: ['ep'] }],
    ConfigMap: ['configmaps', { shortNames: ['cm'] }],
    Secret: ['secrets'],
    ServiceAccount: ['serviceaccounts', { shortNames: ['sa'], others: ['token'] }],
    Event: ['events', { shortNames: ['ev'] }],
    Node: ['nodes', { shortNames: ['no'], namespaced: false, status: true, others: ['proxy'] }],
    PersistentVolumeClaim: ['persistentvolumeclaims', { shortNames: ['pvc'], status: true }],
    ReplicationController: [
      'replicationcontrollers',
      { shortNames: ['rc'], categories: all, status: true, scale: replicas },
    ],
    LimitRange: ['limitranges', { shortNames: ['limits'] }],
    ResourceQuota: ['resourcequotas', { shortNames: ['quota'], status: true }],
  }),
  ...served('apps', 'v1', {
    Deployment: ['deployments', { shortNames: ['deploy'], categories: all, status: true, scale: replicas }],
    ReplicaSet: ['replicasets', { shortNames: ['rs'], categories: all, status: true, scale: replicas }],
    DaemonSet: ['daemonsets', { shortNames: ['ds'], categories: all, status: true }],
    StatefulSet: ['statefulsets', { shortNames: ['sts'], categories: all, status: true, scale: replicas }],
    ControllerRevision: ['controllerrevisions'],
  }),
  ...served('authentication.k8s.io', 'v1', {
    TokenReview: ['tokenreviews', { namespaced: false, createOnly: true }],
    SelfSubjectReview: ['selfsubjectreviews', { namespaced: false, createOnly: true }],
  }),
  ...served('authorization.k8s.io', 'v1', {
    SubjectAccessReview: ['subjectaccessreviews', { namespaced: false, createOnly: true }],
    SelfSubjectAccessReview: ['selfsubjectaccessreviews', { namespaced: false, createOnly: true }],
    SelfSubjectRulesReview: ['selfsubjectrulesreviews', { namespaced: false, createOnly: true }],
    LocalSubjectAccessReview: ['localsubjectaccessreviews', { createOnly: true }],
  }),
  ...served('autoscaling', 'v2', {
    HorizontalPodAutoscaler: ['horizontalpodautoscalers', { shortNames: ['hpa'], categories: all, status: true }],
  }),
  ...served('batch', 'v1', {
    Job: ['jobs', { categories: all, status: true }],
    CronJob: ['cronjobs', { shortNames: ['cj'], categories: all, status: true }],
  }),
  ...served('coordination.k8s.io', 'v1', { Lease: ['leases'] }),
  ...served('discovery.k8s.io', 'v1', { EndpointSlice: ['endpointslices'] }),
  ...served('events.k8s.io', 'v1', { Event: ['events', { shortNames: ['ev'] }] }),
  ...served('networking.k8s.io', 'v1', {
    Ingress: ['ingresses', { shortNames: ['ing'], status: true }],
    IngressClass: ['ingressclasses', { namespaced: false }],
    NetworkPolicy: ['networkpolicies', { shortNames: ['netpol'] }],
  }),
  ...served('policy', 'v1', { PodDisruptionBudget: ['poddisruptionbudgets', { shortNames: ['pdb'], status: true }] }),
  ...served('rbac.authorization.k8s.io', 'v1', {
    Role: ['roles'],
    RoleBinding: ['rolebindings'],
    ClusterRole: ['clusterroles', { namespaced: false }],
    ClusterRoleBinding: ['clusterrolebindings', { namespaced: false }],
  }),
  ...served('admissionregistration.k8s.io', 'v1', {
    MutatingWebhookConfiguration: [
      'mutatingwebhookconfigurations',
      { categories: ['api-extensions'], namespaced: false },
    ],
    ValidatingWebhookConfiguration: [
      'validatingwebhookconfigurations',
      { categories: ['api-extensions'], namespaced: false },
    ],
    ValidatingAdmissionPolicy: ['validatingadmissionpolicies', { namespaced: false, status: true }],
    ValidatingAdmissionPolicyBinding: ['validatingadmissionpolicybindings', { namespaced: false }],
  }),
  ...served('apiextensions.k8s.io', 'v1', {
    CustomResourceDefinition: [
      'customresourcedefinitions',
      { shortNames: ['crd', 'crds'], categories: ['api-extensions'], namespaced: false, status: true },
    ],
  }),
];

/** Objects that travel only as bodies of subresources or of deletes, and the lists' and Status' own types. */
export const bodyDefinitions: readonly string[] = [
  'io.k8s.api.autoscaling.v1.Scale',
  'io.k8s.api.authentication.v1.TokenRequest',
  'io.k8s.api.core.v1.Binding',
  'io.k8s.api.policy.v1.Eviction',
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Status',
];
