import { seededRandom, virtualEnv } from '@canaryop/reconcile/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { apiGatewayKind, apiHttpRouteKind, type ApiGateway, type ApiHttpRoute } from '../kinds/gateway-v1.ts';
import { serviceKind } from '../kinds/core-v1.ts';
import { createCluster, type Cluster } from '../world/cluster.ts';
import { istioGatewayOf, virtualServiceOf } from './gateway-api.ts';
import { compileSnapshot, route } from './route.ts';

type Parts = Partial<ApiHttpRoute['spec']>;

const gatewayOf = (listener: object = {}, gatewayClassName = 'istio'): ApiGateway => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'public', namespace: 'infra' },
  spec: { gatewayClassName, listeners: [{ name: 'http', port: 80, protocol: 'HTTP', ...listener }] },
});
const open = { allowedRoutes: { namespaces: { from: 'All' } } };
const routeOf = (spec: Parts = {}): ApiHttpRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'shop', namespace: 'default' },
  spec: {
    parentRefs: [{ name: 'public', namespace: 'infra' }],
    rules: [{ backendRefs: [{ name: 'app', port: 80 }] }],
    ...spec,
  },
});

/** What becomes of a request, as a flag: NC is a request that finds a route, to a Service that is not there. */
function flagOf(gateway: ApiGateway, httpRoute: ApiHttpRoute, host = 'shop.example.com', path = '/'): string {
  const istio = istioGatewayOf(gateway);
  const snapshot = compileSnapshot({
    gateways: istio === undefined ? [] : [istio],
    virtualServices: [virtualServiceOf(httpRoute)],
    destinationRules: [],
    services: [],
    endpointSlices: [],
    pods: new Map(),
  });
  const result = route(snapshot, { method: 'GET', path, headers: { host } }, seededRandom(1));
  return result.kind === 'failure' ? result.flag : result.kind;
}

describe('an HTTPRoute at the ingress', () => {
  it.each<[string, string, ApiGateway, ApiHttpRoute, string?]>([
    ['is followed', 'NC', gatewayOf(open), routeOf()],
    ['is followed for its host', 'NC', gatewayOf(open), routeOf({ hostnames: ['shop.example.com'] })],
    ['has other hosts', 'NR', gatewayOf(open), routeOf({ hostnames: ['other.example.com'] })],
    ['is of another namespace than the Gateway takes', 'NR', gatewayOf(), routeOf()],
    ['is at a listener of another host', 'NR', gatewayOf({ ...open, hostname: '*.other.com' }), routeOf()],
    ['is at a listener of another port', 'NR', gatewayOf({ ...open, port: 8080 }), routeOf()],
    ['is at a Gateway of another class', 'NR', gatewayOf(open, 'other'), routeOf()],
    ['is at another Gateway', 'NR', gatewayOf(open), routeOf({ parentRefs: [{ name: 'public' }] })],
    [
      'has a path of its own',
      'NR',
      gatewayOf(open),
      routeOf({
        rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/api' } }], backendRefs: [{ name: 'app' }] }],
      }),
    ],
  ])('that %s: %s', (_what, expected, gateway, httpRoute) => {
    expect(flagOf(gateway, httpRoute)).toBe(expected);
  });
});

describe('what the ingress says of an HTTPRoute', () => {
  let cluster: Cluster | undefined;
  afterEach(() => cluster?.stop());

  /** Both conditions, as text. */
  async function said(gateway: ApiGateway, spec: Parts = {}): Promise<readonly string[] | undefined> {
    const env = virtualEnv();
    cluster = createCluster({ env, gatewayApi: true });
    const { loopback } = cluster.server;
    loopback.create(serviceKind, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'app', namespace: 'default' },
      spec: { ports: [{ port: 80 }] },
    });
    loopback.create(apiGatewayKind, { ...gateway, metadata: { ...gateway.metadata, namespace: 'default' } });
    loopback.create(apiHttpRouteKind, routeOf({ parentRefs: [{ name: 'public' }], ...spec }));
    await env.time.advance(1_000);
    const { parents = [] } = loopback.get(apiHttpRouteKind, { namespace: 'default', name: 'shop' })?.status ?? {};
    return parents[0]?.conditions.map(
      ({ status, reason, observedGeneration }) => `${status} ${reason} ${observedGeneration}`,
    );
  }

  it.each<[string, ApiGateway, Parts, readonly string[] | undefined]>([
    ['it is followed', gatewayOf(), {}, ['True Accepted 1', 'True ResolvedRefs 1']],
    [
      'no listener has its host',
      gatewayOf({ hostname: 'other.com' }),
      { hostnames: ['shop.example.com'] },
      ['False NoMatchingListenerHostname 1', 'True ResolvedRefs 1'],
    ],
    [
      'a Service is missing',
      gatewayOf(),
      { rules: [{ backendRefs: [{ name: 'none', port: 80 }] }] },
      ['True Accepted 1', 'False BackendNotFound 1'],
    ],
    ['the Gateway is of another class', gatewayOf({}, 'other'), {}, undefined],
    ['the Gateway is not there', gatewayOf(), { parentRefs: [{ name: 'none' }] }, undefined],
  ])('where %s', async (_what, gateway, spec, expected) => {
    expect(await said(gateway, spec)).toEqual(expected);
  });
});
