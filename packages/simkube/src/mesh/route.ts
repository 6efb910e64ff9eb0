import type { Random } from '@canaryop/reconcile/env';

import type { HttpRequest } from '../kubelet/http-exchange.ts';
import { compileClusters } from './compile-clusters.ts';
import { compileRoutes, type CompiledRoute, type VirtualHosts } from './compile-routes.ts';
import type { Cluster } from './destination.ts';
import { bestHost, hostOfAuthority } from './host-name.ts';
import { istioIngressGateway, type IngressIdentity, type MeshConfig } from './mesh-config.ts';

/** The compiled configuration of the ingress: small work per request, however many objects there are. */
export interface MeshSnapshot {
  readonly virtualHosts: VirtualHosts;
  readonly clusters: ReadonlyMap<string, Cluster>;
}

/**
 * Why the ingress answers itself, with Envoy's response flag: NR no route for host or path, NC the destination is not
 * a known cluster (no such Service, port or subset), UH the cluster has no healthy endpoint.
 */
export type RouteFailure =
  | { readonly status: 404; readonly flag: 'NR' }
  | { readonly status: 503; readonly flag: 'NC'; readonly cluster: string }
  | { readonly status: 503; readonly flag: 'UH'; readonly cluster: Cluster };

/** What becomes of one request. */
export type RouteResult =
  | { readonly kind: 'cluster'; readonly cluster: Cluster }
  | { readonly kind: 'direct'; readonly status: number; readonly body: string }
  | ({ readonly kind: 'failure' } & RouteFailure);

/** Compiles what the ingress knows. Objects may come in any order. */
export function compileSnapshot(config: MeshConfig, identity: IngressIdentity = istioIngressGateway): MeshSnapshot {
  const sorted: MeshConfig = {
    ...config,
    gateways: config.gateways.toSorted(oldestFirst),
    virtualServices: config.virtualServices.toSorted(oldestFirst),
    destinationRules: config.destinationRules.toSorted(oldestFirst),
  };
  return { virtualHosts: compileRoutes(sorted, identity), clusters: compileClusters(sorted) };
}

/** Chooses the cluster of a request: host, then the first route that matches, then by weight. */
export function route(snapshot: MeshSnapshot, request: HttpRequest, random: Random): RouteResult {
  const host = bestHost(hostOfAuthority(request.headers['host'] ?? ''), snapshot.virtualHosts);
  const routes = host === undefined ? [] : (snapshot.virtualHosts.get(host) ?? []);
  const found = routes.find((each) => each.matches(request));
  if (found === undefined) return { kind: 'failure', status: 404, flag: 'NR' };
  if (found.directResponse !== undefined) return { kind: 'direct', ...found.directResponse };
  const name = pickCluster(found, random);
  const cluster = name === undefined ? undefined : snapshot.clusters.get(name);
  if (cluster === undefined) return { kind: 'failure', status: 503, flag: 'NC', cluster: name ?? '' };
  if (cluster.endpoints.length === 0) return { kind: 'failure', status: 503, flag: 'UH', cluster };
  return { kind: 'cluster', cluster };
}

/** Weights are relative to their sum: 1 and 1 are halves, and so are 100 and 100. */
function pickCluster({ clusters, totalWeight }: CompiledRoute, random: Random): string | undefined {
  if (clusters.length <= 1) return clusters[0]?.cluster;
  let point = random.next() * totalWeight;
  for (const { cluster, weight } of clusters) {
    point -= weight;
    if (point < 0) return cluster;
  }
  return clusters.at(-1)?.cluster;
}

interface Dated {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly creationTimestamp?: string;
  };
}

/** By creation, then name, then namespace: istiod's order. */
function oldestFirst(left: Dated, right: Dated): number {
  const keys = ({ metadata }: Dated): readonly string[] => [
    metadata.creationTimestamp ?? '',
    metadata.name,
    metadata.namespace ?? '',
  ];
  const rightKeys = keys(right);
  for (const [at, key] of keys(left).entries()) {
    const other = rightKeys[at] ?? '';
    if (key !== other) return key < other ? -1 : 1;
  }
  return 0;
}
