import type { Service } from '../kinds/core-v1.ts';
import type { Gateway, HttpRoute, HttpRouteDestination, VirtualService } from '../kinds/istio-v1.ts';
import { clusterName } from './destination.ts';
import { intersectHosts, qualifiedHost } from './host-name.ts';
import type { IngressIdentity, MeshConfig } from './mesh-config.ts';
import { isCatchAll, requestMatcher, type RequestMatcher } from './request-match.ts';

/** A share of a route's requests. */
interface WeightedCluster {
  readonly cluster: string;
  /** Relative to the sum of the route's weights, whatever that is. */
  readonly weight: number;
}

/** One route of a virtual host: what it takes, and where that goes. */
export interface CompiledRoute {
  readonly matches: RequestMatcher;
  readonly isCatchAll: boolean;
  readonly clusters: readonly WeightedCluster[];
  readonly totalWeight: number;
  readonly directResponse?: { readonly status: number; readonly body: string };
}

/** The routes of each host pattern, in the order in which they are tried. */
export type VirtualHosts = ReadonlyMap<string, readonly CompiledRoute[]>;

interface ServerHost {
  /** `namespace/name` of the Gateway. */
  readonly gateway: string;
  /** Which namespaces' VirtualServices the server takes; undefined takes all. */
  readonly namespace: string | undefined;
  readonly host: string;
}

/**
 * The virtual hosts of the ingress. Gateways of one port are one listener, and VirtualServices of one host are one
 * virtual host: their routes are tried oldest object first, with routes that match everything last (istiod's merge).
 * Expects the objects oldest first.
 */
export function compileRoutes(config: MeshConfig, identity: IngressIdentity): VirtualHosts {
  const services = new Map(
    config.services.map((service) => [`${service.metadata.namespace}/${service.metadata.name}`, service]),
  );
  const hosts = new Map<string, CompiledRoute[]>();
  const seen = new Set<string>();
  for (const { server, virtualService, host } of attachments(config, identity)) {
    // Two servers may admit the same host of the same VirtualService; its routes count once.
    const key = `${host} ${virtualService.metadata.namespace}/${virtualService.metadata.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const routes = compileVirtualService(virtualService, { gateway: server.gateway, identity, services });
    hosts.set(host, [...(hosts.get(host) ?? []), ...routes]);
  }
  return new Map([...hosts].map(([host, routes]) => [host, catchAllLast(routes)]));
}

interface Attachment {
  readonly server: ServerHost;
  readonly virtualService: VirtualService;
  readonly host: string;
}

/** Which VirtualService serves which host of which server, in the order in which their routes count. */
function attachments(config: MeshConfig, identity: IngressIdentity): readonly Attachment[] {
  const servers = config.gateways.flatMap((gateway) => serverHosts(gateway, identity));
  return servers.flatMap((server) =>
    config.virtualServices.flatMap((virtualService) =>
      sharedHosts(server, virtualService).map((host) => ({ server, virtualService, host })),
    ),
  );
}

function serverHosts(gateway: Gateway, identity: IngressIdentity): readonly ServerHost[] {
  const selector = Object.entries(gateway.spec.selector ?? {});
  if (!selector.every(([key, value]) => identity.labels[key] === value)) return [];
  const own = gateway.metadata.namespace ?? '';
  return (gateway.spec.servers ?? [])
    .filter(({ port }) => port.number === identity.port && /^(?:HTTP|HTTP2|GRPC)$/i.test(port.protocol ?? 'HTTP'))
    .flatMap(({ hosts }) => hosts)
    .map((text) => {
      const [scope, host] = text.includes('/') ? text.split('/', 2) : ['*', text];
      const namespace = scope === '*' ? undefined : scope === '.' ? own : scope;
      return { gateway: `${own}/${gateway.metadata.name}`, namespace, host: (host ?? '*').toLowerCase() };
    });
}

function sharedHosts(server: ServerHost, virtualService: VirtualService): readonly string[] {
  const { namespace = '' } = virtualService.metadata;
  if (server.namespace !== undefined && server.namespace !== namespace) return [];
  const gateways = virtualService.spec.gateways ?? [];
  if (!gateways.some((name) => qualifiedGateway(name, namespace) === server.gateway)) return [];
  return (virtualService.spec.hosts ?? [])
    .map((host) => intersectHosts(host.toLowerCase(), server.host))
    .filter((host) => host !== undefined);
}

function qualifiedGateway(name: string, namespace: string): string {
  return name.includes('/') ? name : `${namespace}/${name}`;
}

interface RouteContext {
  readonly gateway: string;
  readonly identity: IngressIdentity;
  readonly services: ReadonlyMap<string, Service>;
}

function compileVirtualService(virtualService: VirtualService, context: RouteContext): readonly CompiledRoute[] {
  const { namespace = '' } = virtualService.metadata;
  return (virtualService.spec.http ?? []).flatMap((route) => {
    const match = route.match?.filter(
      (each) =>
        (each.gateways?.some((name) => qualifiedGateway(name, namespace) === context.gateway) ?? true) &&
        (each.port === undefined || each.port === context.identity.port),
    );
    // Matches that are all for other gateways leave nothing for this one.
    if (match !== undefined && match.length === 0 && (route.match?.length ?? 0) > 0) return [];
    return [compileRoute({ ...route, ...(match === undefined ? {} : { match }) }, namespace, context)];
  });
}

function compileRoute(route: HttpRoute, namespace: string, context: RouteContext): CompiledRoute {
  const destinations = route.route ?? [];
  const isOnly = destinations.length === 1;
  const clusters = destinations
    .map((each) => ({ cluster: clusterOf(each, namespace, context), weight: isOnly ? 1 : (each.weight ?? 0) }))
    .filter(({ weight }) => weight > 0);
  const { directResponse } = route;
  return {
    matches: requestMatcher(route.match),
    isCatchAll: isCatchAll(route.match),
    clusters,
    totalWeight: clusters.reduce((sum, { weight }) => sum + weight, 0),
    ...(directResponse === undefined
      ? {}
      : { directResponse: { status: directResponse.status, body: directResponse.body?.string ?? '' } }),
  };
}

/** Without a port, a Service with one port means that one, any other means the listener's port (istiod's rule). */
function clusterOf({ destination }: HttpRouteDestination, namespace: string, context: RouteContext): string {
  const host = qualifiedHost(destination.host, namespace);
  const [name, owner] = host.split('.');
  const ports = context.services.get(`${owner}/${name}`)?.spec.ports ?? [];
  const only = ports.length === 1 ? ports[0]?.port : undefined;
  const port = destination.port?.number ?? only ?? context.identity.port;
  return clusterName(host, port, destination.subset);
}

function catchAllLast(routes: readonly CompiledRoute[]): readonly CompiledRoute[] {
  return [...routes.filter((route) => !route.isCatchAll), ...routes.filter((route) => route.isCatchAll)];
}
