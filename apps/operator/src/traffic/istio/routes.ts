import type { ObjectMeta } from '@canaryop/reconcile/object';

import { podLabels } from '../../api/v1/names.ts';
import type { DestinationRule, Gateway, VirtualService } from './kinds.ts';
import { shareOf, sharedOut } from './two-routes.ts';

const gatewayPort = 80;
const ingressSelector = { istio: 'ingressgateway' } as const;
const api = 'networking.istio.io/v1';
const subsets = { primary: 'primary', secondary: 'secondary' } as const;

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

/** Routes between the two subsets of the application's Service. */
export function virtualServiceOf(metadata: ObjectMeta, { app, hosts, gateways, port, weight }: Routes): VirtualService {
  const to = (subset: string) => ({ host: app, subset, port: { number: port } });
  const http = sharedOut({ primary: to(subsets.primary), secondary: to(subsets.secondary) }, weight);
  return { apiVersion: api, kind: 'VirtualService', metadata, spec: { hosts, gateways, http } };
}

/** The port that a VirtualService names. */
export function routePortOf(virtualService: VirtualService): number | undefined {
  const { http }: Partial<VirtualService['spec']> = virtualService.spec ?? {};
  return http?.[0]?.route?.[0]?.destination?.port?.number;
}

/** Secondary's share as the routes between the subsets say; undefined when they are not those that we write. */
export function weightOf(virtualService: VirtualService): number | undefined {
  return shareOf(virtualService, ({ subset }) => subset, subsets);
}
