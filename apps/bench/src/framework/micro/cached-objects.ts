import type { KubernetesObject } from '@canaryop/reconcile/object';

/** Which object, and of which version. */
export interface ObjectOptions {
  readonly index: number;
  readonly version: number;
  readonly namespace: string;
  readonly app: string;
}

const settings = ['listen', 'upstream', 'timeout', 'retries', 'cache', 'log', 'metrics', 'tls', 'limits', 'headers'];

/** A ConfigMap of 2 KB, managedFields aside, as a chart leaves it: a file of settings, and who wrote it. */
export function cachedConfigMap({ index, version, namespace, app }: ObjectOptions): KubernetesObject {
  const file = Array.from(
    { length: 43 },
    (_, line) => `${settings[line % settings.length]}.${line}: "value ${(index * 31 + line) % 9973} of ${app}"`,
  );
  const data = { 'settings.yaml': `${file.join('\n')}\n`, LOG_LEVEL: 'info', VERSION: String(version) };
  const metadata = metadataOf({ index, version, namespace, app });
  const fields = { 'f:data': { '.': {}, 'f:settings.yaml': {}, 'f:LOG_LEVEL': {}, 'f:VERSION': {} } };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, managedFields: [managedBy('helm', fields)] },
    data,
  } as KubernetesObject;
}

/** A pod of a Deployment with one container, as a kubelet reports it: many small values. */
export function cachedPod(options: ObjectOptions): KubernetesObject {
  const { index, app } = options;
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: app, uid: uidOf(index % 97), controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadataOf(options),
      ownerReferences: [{ ...owner, blockOwnerDeletion: true }],
      managedFields: [managedBy('kube-controller-manager', podFields), managedBy('kubelet', statusFields)],
    },
    spec: podSpec(options),
    status: podStatus(options),
  } as unknown as KubernetesObject;
}

function podSpec(options: ObjectOptions): object {
  const taint = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
  const token = { serviceAccountToken: { expirationSeconds: 3607 } };
  return {
    volumes: [{ name: 'kube-api-access', projected: { sources: [token] } }],
    containers: [container(options)],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    nodeName: `node-${options.index % 20}`,
    schedulerName: 'default-scheduler',
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', ...taint },
      { key: 'node.kubernetes.io/unreachable', ...taint },
    ],
    priority: 0,
    enableServiceLinks: true,
  };
}

function container({ version, app }: ObjectOptions): object {
  const probe = { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10 };
  const name = { valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } };
  return {
    name: 'web',
    image: `example.com/${app}:v${version % 50}`,
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: [
      { name: 'POD_NAME', ...name },
      { name: 'LOG_LEVEL', value: 'info' },
    ],
    resources: { limits: { memory: '128Mi' }, requests: { cpu: '50m', memory: '128Mi' } },
    volumeMounts: [{ name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
    livenessProbe: probe,
    readinessProbe: probe,
    imagePullPolicy: 'IfNotPresent',
  };
}

function podStatus({ index, version, app }: ObjectOptions): object {
  const address = `10.${index % 4}.${index % 250}.${(index * 7) % 250}`;
  const conditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];
  const running = {
    name: 'web',
    state: { running: { startedAt: '2026-01-02T03:04:06Z' } },
    lastState: {},
    ready: true,
    restartCount: version % 3,
    image: `example.com/${app}:v${version % 50}`,
    containerID: `containerd://${uidOf(index).replaceAll('-', '')}`,
    started: true,
  };
  return {
    phase: 'Running',
    conditions: conditions.map((type) => ({
      type,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: '2026-01-02T03:04:05Z',
    })),
    hostIP: `192.168.0.${index % 20}`,
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: '2026-01-02T03:04:05Z',
    containerStatuses: [running],
    qosClass: 'Burstable',
  };
}

const podFields = {
  'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} }, 'f:ownerReferences': { '.': {} } },
  'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:name': {}, 'f:resources': {} } } },
};
const statusFields = {
  'f:status': { 'f:conditions': { 'k:{"type":"Ready"}': { '.': {}, 'f:status': {}, 'f:type': {} } }, 'f:podIP': {} },
};

function metadataOf({ index, version, namespace, app }: ObjectOptions) {
  return {
    name: `object-${index}`,
    namespace,
    uid: uidOf(index),
    resourceVersion: String(version),
    creationTimestamp: '2026-01-02T03:04:05Z',
    labels: { app, 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': app, 'meta.helm.sh/release-namespace': namespace },
  };
}

function managedBy(manager: string, fieldsV1: object) {
  const time = '2026-01-02T03:04:05Z';
  return { manager, operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1 } as const;
}

function uidOf(index: number): string {
  const digits = index.toString(16).padStart(12, '0');
  return `6f1c0a52-77de-4b0e-9c3a-${digits}`;
}
