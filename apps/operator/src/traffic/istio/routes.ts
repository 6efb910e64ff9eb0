import type { ObjectMeta } from '@canaryop/reconcile/object';
import type { Service } from '@canaryop/reconcile/kinds';

import { httpPortName, podLabels } from '../../api/v1/names.ts';
import type { DestinationRule, Gateway, VirtualService } from './kinds.ts';

const gatewayPort = 80;
const ingressSelector = { istio: 'ingressgateway' } as const;
const api = 'networking.istio.io/v1';

/** The Service of both workloads: pods are told apart by subsets, and found on their named port whatever its number. */
export function serviceOf(metadata: ObjectMeta, app: string, ports: readonly number[]): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      selector: { app },
      // A name of its own for each number, so that no port changes its name while another comes or goes.
      ports: ports.map((port) => ({
        name: `${httpPortName}-${port}`,
        port,
        protocol: 'TCP',
        targetPort: httpPortName,
      })),
    },
  };
}

/** Names the two workloads as subsets of the Service. */
export function destinationRuleOf(metadata: ObjectMeta, app: string): DestinationRule {
  const subset = (role: 'primary' | 'secondary') => ({ name: role, labels: podLabels(app, role) });
  return {
    apiVersion: api,
    kind: 'DestinationRule',
    metadata,
    spec: { host: app, subsets: [subset('primary'), subset('secondary')] },
  };
}

/** A Gateway of the application's own, on the cluster's ingress. */
export function gatewayOf(metadata: ObjectMeta, hosts: readonly string[]): Gateway {
  return {
    apiVersion: api,
    kind: 'Gateway',
    metadata,
    spec: {
      selector: ingressSelector,
      servers: [{ port: { number: gatewayPort, name: 'http', protocol: 'HTTP' }, hosts }],
    },
  };
}

/** What the routes of an application say. */
export interface Routes {
  readonly app: string;
  readonly hosts: readonly string[];
  readonly gateways: readonly string[];
  readonly port: number;
  /** Secondary's share, 0..100. */
  readonly weight: number;
}

/** Two routes whose weights sum to 100, always both there, so that a repair has the whole list to write. */
export function virtualServiceOf(metadata: ObjectMeta, { app, hosts, gateways, port, weight }: Routes): VirtualService {
  const route = (subset: string, share: number) => ({
    destination: { host: app, subset, port: { number: port } },
    weight: share,
  });
  return {
    apiVersion: api,
    kind: 'VirtualService',
    metadata,
    spec: { hosts, gateways, http: [{ route: [route('primary', 100 - weight), route('secondary', weight)] }] },
  };
}

/** The port that a VirtualService names. */
export function routePortOf(virtualService: VirtualService): number | undefined {
  const { http }: Partial<VirtualService['spec']> = virtualService.spec ?? {};
  return http?.[0]?.route?.[0]?.destination?.port?.number;
}

/**
 * Secondary's share as a VirtualService says it; undefined when its routes are not the two that we write, so that
 * nothing is concluded from what we do not understand.
 */
export function weightOf(virtualService: VirtualService): number | undefined {
  const { http }: Partial<VirtualService['spec']> = virtualService.spec ?? {};
  const routes = http?.length === 1 ? (http[0]?.route ?? []) : [];
  if (routes.length !== 2) return undefined;
  const share = (subset: string): number | undefined => {
    const found = routes.find((route) => route.destination.subset === subset);
    return found === undefined ? undefined : (found.weight ?? 0);
  };
  const primary = share('primary');
  const secondary = share('secondary');
  if (primary === undefined || secondary === undefined || primary + secondary !== 100) return undefined;
  return secondary >= 0 && secondary <= 100 ? secondary : undefined;
}
