import { Service } from '@canaryop/reconcile/kinds';

import type { CanaryApp, OwnedSpec } from '../../api/v1/canaryapp.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import type { Intent } from '../../rollout/decision.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import { childOf, type Child } from '../../rollout/write.ts';
import { claimsAt } from '../claims.ts';
import type { Router } from '../router.ts';
import { listedPorts, ownedService } from '../services/owned-services.ts';
import { DestinationRule, Gateway, VirtualService } from './kinds.ts';
import { destinationRuleOf, gatewayOf, routePortOf, virtualServiceOf, weightOf } from './routes.ts';

/** Istio, with one Service over both workloads, which its DestinationRule tells apart as subsets. */
export function istioSubsets(app: CanaryApp, spec: OwnedSpec): Router {
  const { name } = app.metadata;
  const kinds = [DestinationRule, Gateway, VirtualService];
  return {
    kinds,
    reads: [],
    obstacle: () => undefined,
    owned: [Service, ...kinds].map((kind) => ({ kind, name })),
    claims: claimsAt(app, spec.service),
    weight: (live) => {
      const virtualService = live.get(VirtualService, name);
      return virtualService === undefined ? 'none' : (weightOf(virtualService) ?? 'unclear');
    },
    children: (live, intent, mayClaim) => {
      const routes = live.get(VirtualService, name);
      const ports = listedPorts(intent, routes && routePortOf(routes));
      const service = ownedService(ownedMetadata(app, name), { app: name }, ports);
      const rule = destinationRuleOf(ownedMetadata(app, name), name);
      return {
        foundations: [childOf(live, Service, name, service), childOf(live, DestinationRule, name, rule)],
        routes: mayClaim ? wantedRoutes(app, spec, live, intent) : keptRoutes(app, live, intent),
        // Only a port that the Service does not list yet has to come before the routes that name it.
        standsAlone: live.get(Service, name)?.spec?.ports?.some(({ port }) => port === intent.routePort) === true,
      };
    },
  };
}

function wantedRoutes(app: CanaryApp, { service }: OwnedSpec, live: LiveObjects, intent: Intent): readonly Child[] {
  const { name } = app.metadata;
  const metadata = ownedMetadata(app, name);
  const { hosts, gateways = [name] } = service;
  const routes = virtualServiceOf(metadata, {
    app: name,
    hosts,
    gateways,
    port: intent.routePort,
    weight: intent.weight,
  });
  const virtualService = childOf(live, VirtualService, name, routes);
  // A Gateway is there before a route names it, and goes after none does.
  return service.gateways === undefined
    ? [childOf(live, Gateway, name, gatewayOf(metadata, hosts)), virtualService]
    : [virtualService, childOf(live, Gateway, name)];
}

/** While another application has the hosts, what is served goes on being served: only the weight follows the run. */
function keptRoutes(app: CanaryApp, live: LiveObjects, intent: Intent): readonly Child[] {
  const { name } = app.metadata;
  const virtualService = live.get(VirtualService, name);
  if (virtualService === undefined) return [];
  const { hosts, gateways = [] } = virtualService.spec;
  const routes = { app: name, hosts, gateways, port: intent.routePort, weight: intent.weight };
  return [childOf(live, VirtualService, name, virtualServiceOf(ownedMetadata(app, name), routes))];
}
