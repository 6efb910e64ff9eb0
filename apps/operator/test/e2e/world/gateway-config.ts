import type { Random } from '@canaryop/reconcile/env';

import type { Assignment, ClusterEntry, EndpointEntry, RouteConfiguration, RouteEntry, XdsLine } from './xds-line.ts';

/** The port of Gateways that the operator writes. */
const gatewayPort = 80;

/** Where a request goes. `flag` is Envoy's response flag for an answer of the gateway's own. */
export type Target =
  | { readonly kind: 'endpoints'; readonly cluster: ClusterEntry; readonly endpoints: readonly EndpointEntry[] }
  | { readonly kind: 'answer'; readonly status: number; readonly flag: string; readonly detail: string };

/** What istiod has told the gateway so far. It decides by that alone. */
export class GatewayConfig {
  #clusters = new Map<string, ClusterEntry>();
  readonly #assignments = new Map<string, Assignment>();
  readonly #configurations = new Map<string, RouteConfiguration>();
  #routeNames: readonly string[] = [];

  /** Takes in a line of the xDS client. */
  apply(line: XdsLine): void {
    switch (line.kind) {
      case 'clusters':
        this.#clusters = new Map(line.clusters.map((cluster) => [cluster.name, cluster]));
        return;
      case 'endpoints':
        for (const assignment of line.clusters) this.#assignments.set(assignment.name, assignment);
        return;
      case 'listeners':
        this.#routeNames = line.listeners
          .filter(({ port }) => port === gatewayPort)
          .flatMap(({ routes }) => routes ?? []);
        return;
      case 'routes':
        for (const configuration of line.configurations) this.#configurations.set(configuration.name, configuration);
        return;
    }
  }

  /** Whether there is a listener: without any Gateway nobody answers on its port. */
  get isListening(): boolean {
    return this.#routeNames.length > 0;
  }

  /** Finds the destination of a request as Envoy does: the best domain, the first route, a cluster by weight. */
  target(host: string, path: string, random: Random): Target {
    const route = this.#routesOf(host.replace(/:\d+$/, '')).find((candidate) => matches(candidate, path));
    if (route === undefined) return { kind: 'answer', status: 404, flag: 'NR', detail: `no route for ${host}${path}` };
    if (route.unknown !== undefined) throw new Error(`a route that this gateway can't follow: ${route.unknown}`);
    if (route.status !== undefined) return { kind: 'answer', status: route.status, flag: '-', detail: 'direct answer' };
    const name = pick(route.clusters, random);
    const cluster = this.#clusters.get(name);
    const assignment = cluster && this.#assignments.get(cluster.endpoints);
    // A cluster whose endpoints were not told yet is not in use yet.
    if (cluster === undefined || assignment === undefined) return unavailable('NC', `no cluster ${name}`);
    const endpoints = assignment.endpoints.filter(({ health }) => health === 'HEALTHY' || health === 'UNKNOWN');
    if (endpoints.length === 0) return unavailable('UH', `no healthy endpoint in ${name}`);
    return { kind: 'endpoints', cluster, endpoints };
  }

  #routesOf(host: string): readonly RouteEntry[] {
    const hosts = this.#routeNames.flatMap((name) => this.#configurations.get(name)?.virtualHosts ?? []);
    const ranked = hosts
      .flatMap(({ domains, routes }) => domains.map((domain) => ({ rank: rankOf(domain, host), routes })))
      .filter(({ rank }) => rank > 0);
    return ranked.toSorted((left, right) => right.rank - left.rank)[0]?.routes ?? [];
  }
}

function unavailable(flag: string, detail: string): Target {
  return { kind: 'answer', status: 503, flag, detail };
}

/** How well a domain fits: the whole name before the longest suffix before everything; 0 when it does not. */
function rankOf(domain: string, host: string): number {
  if (domain === host) return Infinity;
  if (domain === '*') return 1;
  return domain.startsWith('*') && host.endsWith(domain.slice(1)) ? domain.length : 0;
}

function matches({ prefix, path, unknown }: RouteEntry, requested: string): boolean {
  if (unknown !== undefined) return true;
  const [pathname = ''] = requested.split('?');
  return path === undefined ? pathname.startsWith(prefix ?? '') : pathname === path;
}

function pick(clusters: RouteEntry['clusters'], random: Random): string {
  let point = random.next() * clusters.reduce((sum, { weight }) => sum + weight, 0);
  for (const { name, weight } of clusters) {
    point -= weight;
    if (point < 0) return name;
  }
  return clusters.at(-1)?.name ?? '';
}
