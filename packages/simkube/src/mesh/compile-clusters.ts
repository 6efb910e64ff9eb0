import { keyText } from '@canaryop/reconcile/object';

import type { Service, ServicePort } from '../kinds/core-v1.ts';
import { serviceNameLabel, type EndpointSlice } from '../kinds/discovery-v1.ts';
import type { DestinationRule } from '../kinds/istio-v1.ts';
import {
  clusterName,
  type Cluster,
  type DestinationService,
  type DestinationWorkload,
  type MeshEndpoint,
} from './destination.ts';
import { qualifiedHost } from './host-name.ts';
import type { MeshConfig, MeshPod } from './mesh-config.ts';

type Subsets = ReadonlyMap<string, Readonly<Record<string, string>>>;

const unknown = 'unknown';

/** Every cluster by name: each port of each Service, whole and by each subset that a DestinationRule gives it. */
export function compileClusters(config: MeshConfig): ReadonlyMap<string, Cluster> {
  const subsets = subsetsByHost(config.destinationRules);
  const slices = slicesByService(config.endpointSlices);
  const clusters = new Map<string, Cluster>();
  for (const service of config.services) {
    const named = serviceOf(service);
    const own = slices.get(`${named.namespace}/${named.name}`) ?? [];
    for (const port of service.spec.ports ?? []) {
      const endpoints = own.flatMap((slice) => endpointsOf(slice, port, config.pods)).filter((each) => each.isReady);
      addClusters(clusters, {
        service: named,
        port: port.port,
        endpoints,
        subsets: subsets.get(named.host) ?? new Map(),
      });
    }
  }
  return clusters;
}

/** How metrics and clusters name a Service. */
function serviceOf(service: Service): DestinationService {
  const { name, namespace = '' } = service.metadata;
  return { host: `${name}.${namespace}.svc.cluster.local`, name, namespace };
}

function addClusters(
  clusters: Map<string, Cluster>,
  of: {
    readonly service: DestinationService;
    readonly port: number;
    readonly endpoints: readonly MeshEndpoint[];
    readonly subsets: Subsets;
  },
): void {
  const { service, port, endpoints } = of;
  const add = (subset: string, members: readonly MeshEndpoint[]): void => {
    const name = clusterName(service.host, port, subset);
    clusters.set(name, { name, service, subset, endpoints: members });
  };
  add('', endpoints);
  for (const [subset, labels] of of.subsets) {
    const wanted = Object.entries(labels);
    add(
      subset,
      endpoints.filter((endpoint) => wanted.every(([key, value]) => endpoint.labels[key] === value)),
    );
  }
}

/** DestinationRules of one host are merged; of two subsets with one name, the oldest rule's counts. */
function subsetsByHost(rules: readonly DestinationRule[]): ReadonlyMap<string, Subsets> {
  const byHost = new Map<string, Map<string, Readonly<Record<string, string>>>>();
  for (const rule of rules) {
    const host = qualifiedHost(rule.spec.host, rule.metadata.namespace ?? '');
    const subsets = byHost.get(host) ?? new Map<string, Readonly<Record<string, string>>>();
    for (const { name, labels = {} } of rule.spec.subsets ?? []) if (!subsets.has(name)) subsets.set(name, labels);
    byHost.set(host, subsets);
  }
  return byHost;
}

function slicesByService(slices: readonly EndpointSlice[]): ReadonlyMap<string, readonly EndpointSlice[]> {
  const byService = new Map<string, EndpointSlice[]>();
  for (const slice of slices) {
    const service = slice.metadata.labels?.[serviceNameLabel];
    if (service === undefined) continue;
    const key = `${slice.metadata.namespace}/${service}`;
    byService.set(key, [...(byService.get(key) ?? []), slice]);
  }
  return byService;
}

function endpointsOf(
  slice: EndpointSlice,
  servicePort: ServicePort,
  pods: ReadonlyMap<string, MeshPod>,
): readonly MeshEndpoint[] {
  const port = (slice.ports ?? []).find((each) => (each.name ?? '') === (servicePort.name ?? ''))?.port;
  if (port === undefined) return [];
  return slice.endpoints.flatMap((endpoint) => {
    const [address] = endpoint.addresses;
    if (address === undefined) return [];
    const { namespace = slice.metadata.namespace ?? '', name = unknown } = endpoint.targetRef ?? {};
    const pod = pods.get(keyText({ namespace, name })) ?? { labels: {}, workload: unknown };
    const isReady = endpoint.conditions?.ready !== false;
    return [{ address, port, isReady, labels: pod.labels, workload: workloadOf(pod, namespace) }];
  });
}

/** Istio's canonical service and revision, from the labels that it looks at, in its order. */
function workloadOf({ labels, workload }: MeshPod, namespace: string): DestinationWorkload {
  return {
    name: workload,
    namespace,
    app: labels['app'] ?? unknown,
    version: labels['version'] ?? unknown,
    canonicalService:
      labels['service.istio.io/canonical-name'] ?? labels['app.kubernetes.io/name'] ?? labels['app'] ?? workload,
    canonicalRevision:
      labels['service.istio.io/canonical-revision'] ??
      labels['app.kubernetes.io/version'] ??
      labels['version'] ??
      'latest',
  };
}
