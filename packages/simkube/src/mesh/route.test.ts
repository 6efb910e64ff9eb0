import { seededRandom } from '@canaryop/reconcile/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { EndpointSlice } from '../kinds/discovery-v1.ts';
import type { DestinationRule, Gateway, HttpRoute, VirtualService } from '../kinds/istio-v1.ts';
import type { Service } from '../kinds/core-v1.ts';
import type { HttpRequest } from '../kubelet/http-exchange.ts';
import type { MeshConfig } from './mesh-config.ts';
import { compileSnapshot, route, type RouteResult } from './route.ts';

const istio = 'networking.istio.io/v1';

function gateway(name: string, hosts: readonly string[] = ['*'], more: Partial<Gateway['spec']> = {}): Gateway {
  return {
    apiVersion: istio,
    kind: 'Gateway',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts }],
      ...more,
    },
  };
}

function virtualService(
  name: string,
  http: readonly HttpRoute[],
  more: { hosts?: readonly string[]; gateways?: readonly string[]; namespace?: string; created?: string } = {},
): VirtualService {
  const { hosts = ['*'], gateways = ['gate'], namespace = 'default', created = '2026-01-01T00:00:00Z' } = more;
  return {
    apiVersion: istio,
    kind: 'VirtualService',
    metadata: { name, namespace, creationTimestamp: created },
    spec: { hosts, gateways, http },
  };
}

const to = (subset: string | undefined, weight?: number, host = 'app', port?: number) => ({
  destination: {
    host,
    ...(subset === undefined ? {} : { subset }),
    ...(port === undefined ? {} : { port: { number: port } }),
  },
  ...(weight === undefined ? {} : { weight }),
});

const rule: DestinationRule = {
  apiVersion: istio,
  kind: 'DestinationRule',
  metadata: { name: 'app', namespace: 'default' },
  spec: {
    host: 'app',
    subsets: [
      { name: 'primary', labels: { service: 'primary' } },
      { name: 'secondary', labels: { service: 'secondary' } },
      { name: 'empty', labels: { service: 'nobody' } },
      { name: 'all' },
    ],
  },
};

const service = (name = 'app', ports = [{ name: 'http', port: 8088 }]): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec: { selector: { app: name }, ports },
});

const slice: EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'app-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'app' } },
  addressType: 'IPv4',
  endpoints: ['primary', 'secondary', 'unready'].map((name, at) => ({
    addresses: [`10.244.0.${at + 1}`],
    conditions: { ready: name !== 'unready' },
    targetRef: { kind: 'Pod', namespace: 'default', name, uid: name },
  })),
  ports: [{ name: 'http', port: 8088 }],
};

const pods = new Map(
  ['primary', 'secondary', 'unready'].map((name) => [
    `default/${name}`,
    { labels: { app: 'app', service: name === 'unready' ? 'secondary' : name }, workload: `app-${name}` },
  ]),
);

function config(more: Partial<MeshConfig>): MeshConfig {
  return {
    gateways: [gateway('gate')],
    virtualServices: [],
    destinationRules: [rule],
    services: [service()],
    endpointSlices: [slice],
    pods,
    ...more,
  };
}

const request = (host = 'localhost:8090', path = '/hello', headers = {}): HttpRequest => ({
  method: 'GET',
  path,
  headers: { ...headers, host },
});

/** `primary:10.244.0.1:8088`, or `503 NC`. */
function text(result: RouteResult): string {
  switch (result.kind) {
    case 'cluster':
      return `${result.cluster.subset}:${result.cluster.endpoints.map((each) => `${each.address}:${each.port}`).join(',')}`;
    case 'direct':
      return `${result.status} ${result.body}`;
    case 'failure':
      return `${result.status} ${result.flag}`;
  }
}

const ask = (more: Partial<MeshConfig>, asked = request()): string =>
  text(route(compileSnapshot(config(more)), asked, seededRandom(1)));

const only = (http: readonly HttpRoute[]): Partial<MeshConfig> => ({ virtualServices: [virtualService('app', http)] });
const routed = (...destinations: ReturnType<typeof to>[]): Partial<MeshConfig> => only([{ route: destinations }]);

describe('a destination', () => {
  it.each([
    ['a subset', routed(to('primary')), 'primary:10.244.0.1:8088'],
    ['the ready pods of a subset', routed(to('secondary')), 'secondary:10.244.0.2:8088'],
    ['the whole Service', routed(to(undefined)), ':10.244.0.1:8088,10.244.0.2:8088'],
    ['a subset without labels', routed(to('all')), 'all:10.244.0.1:8088,10.244.0.2:8088'],
    ['a fully qualified host', routed(to('primary', 100, 'app.default.svc.cluster.local')), 'primary:10.244.0.1:8088'],
    ['a port by number', routed(to('primary', 100, 'app', 8088)), 'primary:10.244.0.1:8088'],
    ['one destination of weight 0, whose weight does not count', routed(to('primary', 0)), 'primary:10.244.0.1:8088'],
    ['an unknown subset', routed(to('third')), '503 NC'],
    ['an unknown Service', routed(to('primary', 100, 'other')), '503 NC'],
    ['a host with one dot, which is no short name', routed(to('primary', 100, 'app.default')), '503 NC'],
    ['a port that the Service lacks', routed(to('primary', 100, 'app', 81)), '503 NC'],
    ['weights that are all 0', routed(to('primary', 0), to('secondary', 0)), '503 NC'],
    ['a subset without pods', routed(to('empty')), '503 UH'],
    ['a Service without pods', { ...routed(to(undefined)), endpointSlices: [] }, '503 UH'],
    ['a subset whose DestinationRule is gone', { ...routed(to('primary')), destinationRules: [] }, '503 NC'],
    [
      'a Service with two ports and no number: the listener has port 80',
      {
        ...routed(to(undefined)),
        services: [
          service('app', [
            { name: 'http', port: 8088 },
            { name: 'http2', port: 9090 },
          ]),
        ],
      },
      '503 NC',
    ],
    ['an answer of its own', only([{ directResponse: { status: 418, body: { string: 'tea' } } }]), '418 tea'],
  ] as const)('%s', (_, given, expected) => {
    expect(ask(given)).toBe(expected);
  });
});

describe('weights', () => {
  it('are relative to their sum', () => {
    const weight = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(weight, weight, fc.integer(), (primary, secondary, seed) => {
        const snapshot = compileSnapshot(config(routed(to('primary', primary), to('secondary', secondary))));
        const random = seededRandom(seed);
        const runs = 4000;
        let hits = 0;
        for (let run = 0; run < runs; run += 1) {
          if (text(route(snapshot, request(), random)).startsWith('secondary')) hits += 1;
        }
        const share = secondary / (primary + secondary);
        // Six standard deviations: chance alone fails less than once in a hundred million runs.
        expect(Math.abs(hits / runs - share)).toBeLessThan(6 * Math.sqrt((share * (1 - share)) / runs) + 1 / runs);
      }),
      { numRuns: 30 },
    );
  });

  it('of 0 take nothing', () => {
    const snapshot = compileSnapshot(config(routed(to('primary', 100), to('third', 0))));
    const random = seededRandom(3);
    for (let run = 0; run < 1000; run += 1) {
      expect(text(route(snapshot, request(), random))).toBe('primary:10.244.0.1:8088');
    }
  });
});

describe('hosts and gateways', () => {
  const http = [{ route: [to('primary')] }];
  const found = 'primary:10.244.0.1:8088';
  it.each([
    ['no VirtualService', {}, 'a.example', '404 NR'],
    [
      'a host that none has',
      { virtualServices: [virtualService('app', http, { hosts: ['b.example'] })] },
      'a.example',
      '404 NR',
    ],
    [
      'its host, with a port and in capitals',
      { virtualServices: [virtualService('app', http, { hosts: ['a.example'] })] },
      'A.example:8090',
      found,
    ],
    ['a wildcard', { virtualServices: [virtualService('app', http, { hosts: ['*.example'] })] }, 'a.b.example', found],
    [
      'a wildcard, which is not its own suffix',
      { virtualServices: [virtualService('app', http, { hosts: ['*.example'] })] },
      'example',
      '404 NR',
    ],
    [
      'a Gateway narrower than the VirtualService',
      { gateways: [gateway('gate', ['a.example'])], virtualServices: [virtualService('app', http)] },
      'b.example',
      '404 NR',
    ],
    [
      'the host that both allow',
      { gateways: [gateway('gate', ['a.example'])], virtualServices: [virtualService('app', http)] },
      'a.example',
      found,
    ],
    [
      'a Gateway that does not exist',
      { virtualServices: [virtualService('app', http, { gateways: ['other'] })] },
      'a.example',
      '404 NR',
    ],
    [
      'the mesh alone, by default',
      { virtualServices: [{ ...virtualService('app', http), spec: { hosts: ['*'], http } }] },
      'a.example',
      '404 NR',
    ],
    [
      'a Gateway for another ingress',
      {
        gateways: [gateway('gate', ['*'], { selector: { istio: 'egressgateway' } })],
        virtualServices: [virtualService('app', http)],
      },
      'a.example',
      '404 NR',
    ],
    [
      'a Gateway on another port',
      {
        gateways: [gateway('gate', ['*'], { servers: [{ port: { number: 443, protocol: 'HTTPS' }, hosts: ['*'] }] })],
        virtualServices: [virtualService('app', http)],
      },
      'a.example',
      '404 NR',
    ],
    [
      'a Gateway of another namespace, by its full name',
      {
        virtualServices: [
          virtualService('app', [{ route: [to('primary', 100, 'app.default.svc.cluster.local')] }], {
            namespace: 'other',
            gateways: ['default/gate'],
          }),
        ],
      },
      'a.example',
      found,
    ],
    [
      'a Gateway that takes only its own namespace',
      {
        gateways: [gateway('gate', ['./*'])],
        virtualServices: [virtualService('app', http, { namespace: 'other', gateways: ['default/gate'] })],
      },
      'a.example',
      '404 NR',
    ],
  ] satisfies readonly (readonly [string, Partial<MeshConfig>, string, string])[])('%s', (_, given, host, expected) => {
    expect(ask(given, request(host))).toBe(expected);
  });

  it('take the most specific host first, whatever is older', () => {
    const given = {
      virtualServices: [
        virtualService('wide', [{ directResponse: { status: 200, body: { string: 'wide' } } }], { hosts: ['*'] }),
        virtualService('suffix', [{ directResponse: { status: 200, body: { string: 'suffix' } } }], {
          hosts: ['*.example'],
          created: '2026-02-01T00:00:00Z',
        }),
        virtualService('exact', [{ directResponse: { status: 200, body: { string: 'exact' } } }], {
          hosts: ['a.example'],
          created: '2026-03-01T00:00:00Z',
        }),
      ],
    };
    expect(ask(given, request('a.example'))).toBe('200 exact');
    expect(ask(given, request('b.example'))).toBe('200 suffix');
    expect(ask(given, request('c.test'))).toBe('200 wide');
  });

  it('give a host that two VirtualServices claim to the older one', () => {
    const answers = (name: string, created: string) =>
      virtualService(name, [{ directResponse: { status: 200, body: { string: name } } }], { created });
    const young = answers('a-young', '2026-02-01T00:00:00Z');
    const old = answers('b-old', '2026-01-01T00:00:00Z');
    expect(ask({ virtualServices: [young, old] })).toBe('200 b-old');
    expect(ask({ virtualServices: [old, young] })).toBe('200 b-old');
  });

  it('merge two VirtualServices of one host, with routes for everything last', () => {
    const everything = virtualService('old', [{ directResponse: { status: 200, body: { string: 'all' } } }]);
    const special: HttpRoute = {
      match: [{ uri: { prefix: '/api' } }],
      directResponse: { status: 200, body: { string: 'api' } },
    };
    const young = virtualService('young', [special], { created: '2026-02-01T00:00:00Z' });
    expect(ask({ virtualServices: [everything, young] }, request('x', '/api/v1'))).toBe('200 api');
    expect(ask({ virtualServices: [everything, young] }, request('x', '/'))).toBe('200 all');
  });

  it('do not mind names of object members', () => {
    expect(ask(routed(to('primary')), request('constructor', '/', { __proto__: null }))).toBe(
      'primary:10.244.0.1:8088',
    );
    expect(
      ask({ virtualServices: [virtualService('app', http, { hosts: ['a.example'] })] }, request('__proto__')),
    ).toBe('404 NR');
  });
});

describe('matches', () => {
  const matched = (match: NonNullable<HttpRoute['match']>) => only([{ match, directResponse: { status: 200 } }]);
  it.each([
    ['an exact path', [{ uri: { exact: '/hello' } }], request('x', '/hello?q=1'), '200 '],
    ['another path', [{ uri: { exact: '/hello' } }], request('x', '/hello/'), '404 NR'],
    ['a prefix', [{ uri: { prefix: '/he' } }], request('x', '/hello'), '200 '],
    ['a whole expression', [{ uri: { regex: '/h.*o' } }], request('x', '/hello'), '200 '],
    ['part of an expression', [{ uri: { regex: '/h' } }], request('x', '/hello'), '404 NR'],
    ['an expression that cannot be read', [{ uri: { regex: '(' } }], request('x', '/hello'), '404 NR'],
    ['a header', [{ headers: { 'X-Canary': { exact: 'yes' } } }], request('x', '/', { 'x-canary': 'yes' }), '200 '],
    ['a missing header', [{ headers: { 'x-canary': { exact: 'yes' } } }], request('x', '/'), '404 NR'],
    ['presence of a header', [{ headers: { 'x-canary': {} } }], request('x', '/', { 'x-canary': '' }), '200 '],
    ['absence of a header', [{ withoutHeaders: { 'x-canary': {} } }], request('x', '/', { 'x-canary': '' }), '404 NR'],
    ['one of two', [{ uri: { exact: '/a' } }, { method: { exact: 'GET' } }], request('x', '/b'), '200 '],
    ['both parts of one', [{ uri: { exact: '/b' }, method: { exact: 'PUT' } }], request('x', '/b'), '404 NR'],
    ['this gateway', [{ gateways: ['gate'] }], request(), '200 '],
    ['another gateway only', [{ gateways: ['other'] }], request(), '404 NR'],
  ] as const)('%s', (_, match, asked, expected) => {
    expect(ask(matched(match), asked)).toBe(expected);
  });
});

describe('DestinationRules of one host', () => {
  it('are merged, and of two subsets with one name the older one counts', () => {
    const other: DestinationRule = {
      ...rule,
      metadata: { name: 'later', namespace: 'default', creationTimestamp: '2026-02-01T00:00:00Z' },
      spec: {
        host: 'app.default.svc.cluster.local',
        subsets: [
          { name: 'primary', labels: { service: 'secondary' } },
          { name: 'extra', labels: { service: 'secondary' } },
        ],
      },
    };
    expect(ask({ ...routed(to('primary')), destinationRules: [other, rule] })).toBe('primary:10.244.0.1:8088');
    expect(ask({ ...routed(to('extra')), destinationRules: [other, rule] })).toBe('extra:10.244.0.2:8088');
  });
});
