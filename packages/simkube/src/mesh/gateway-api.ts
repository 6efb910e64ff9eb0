import type { ApiGateway, ApiHttpRoute, ParentRef } from '../kinds/gateway-v1.ts';
import type { Gateway, HttpRoute, VirtualService } from '../kinds/istio-v1.ts';

/** The class of Gateways that the ingress serves. */
export const gatewayClass = 'istio';
/** Keeps a Gateway of the Gateway API apart from Istio's of the same name. */
const prefix = 'gateway-api~';

/** Where a route is attached: `namespace/name`. */
export function parentKey({ namespace, name }: ParentRef, route: ApiHttpRoute): string {
  return `${namespace ?? route.metadata.namespace}/${name}`;
}

/** A Gateway in Istio's terms, as istiod translates it; undefined when it is of another class. */
export function istioGatewayOf({ metadata, spec }: ApiGateway): Gateway | undefined {
  if (spec.gatewayClassName !== gatewayClass) return undefined;
  const servers = spec.listeners.map(({ port, protocol, hostname = '*', allowedRoutes }) => ({
    port: { number: port, protocol },
    hosts: [`${allowedRoutes?.namespaces?.from === 'All' ? '*' : '.'}/${hostname}`],
  }));
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { ...metadata, name: `${prefix}${metadata.name}` },
    spec: { servers },
  };
}

/** An HTTPRoute in Istio's terms, as istiod translates it. */
export function virtualServiceOf(route: ApiHttpRoute): VirtualService {
  const { metadata, spec } = route;
  const gateways = (spec.parentRefs ?? []).map((parent) => parentKey(parent, route).replace('/', `/${prefix}`));
  const http = (spec.rules ?? []).map(({ matches = [], backendRefs = [] }): HttpRoute => {
    const paths = matches.map(({ path }) => path).filter((path) => path !== undefined && path.value !== '/');
    return {
      ...(paths.length < matches.length || paths.length === 0 ? {} : { match: paths.map(uriOf) }),
      route: backendRefs.map(({ name, namespace, port, weight = 1 }) => ({
        destination: {
          host: namespace === undefined ? name : `${name}.${namespace}.svc.cluster.local`,
          ...(port === undefined ? {} : { port: { number: port } }),
        },
        weight,
      })),
    };
  });
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { ...metadata, name: `${prefix}${metadata.name}` },
    spec: { hosts: spec.hostnames ?? ['*'], gateways, http },
  };
}

function uriOf(path: { readonly type?: string; readonly value?: string } | undefined) {
  const value = path?.value ?? '/';
  return { uri: path?.type === 'Exact' ? { exact: value } : { prefix: value } };
}
