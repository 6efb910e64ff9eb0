import { Service } from '@canaryop/reconcile/kinds';

import type { CanaryApp, CanaryAppSpec } from '../../api/v1/canaryapp.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import type { Intent } from '../../rollout/decision.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import { childOf } from '../../rollout/write.ts';
import { claimsAt } from '../claims.ts';
import type { Router } from '../router.ts';
import type { Backends } from '../services/backends.ts';
import type { Pair } from '../shares.ts';
import { unconfirmedRoute } from './acceptance.ts';
import { httpRouteOf, reweighted, weightOfRoute } from './http-route.ts';
import { gatewayGroup, HTTPRoute } from './kinds.ts';

/** Between what an HTTPRoute shares requests out. */
export interface Destinations {
  readonly services: Pair<string>;
  readonly port: (intent: Intent) => number;
  /** The Services, where the target does not make them itself. */
  readonly backends?: Backends;
}

/**
 * The Gateway API, whoever implements it: one HTTPRoute at the Gateways that the spec names, with weights between a
 * Service for each workload. A weight counts once its Gateways say that they follow it.
 */
export function gatewayRoutes(app: CanaryApp, { service }: Pick<CanaryAppSpec, 'service'>, to: Destinations): Router {
  const { name } = app.metadata;
  const { services, backends } = to;
  const hasServices = (live: LiveObjects, port: number): boolean =>
    [services.primary, services.secondary].every(
      (own) => live.get(Service, own)?.spec?.ports?.some((each) => each.port === port) === true,
    );
  return {
    kinds: [HTTPRoute],
    reads: backends?.reads ?? [],
    owned: [...(backends?.owned ?? []), { kind: HTTPRoute, name }],
    claims: claimsAt(app, service).map((claim) => `${gatewayGroup}:${claim}`),
    obstacle: (live) => backends?.obstacle(live),
    weight: (live) => {
      const route = live.get(HTTPRoute, name);
      return route === undefined ? 'none' : (weightOfRoute(route, services) ?? 'unclear');
    },
    unconfirmed: (live) => {
      const route = live.get(HTTPRoute, name);
      return route && unconfirmedRoute(route);
    },
    children: (live, intent, mayClaim) => ({
      foundations: backends?.children(live, intent) ?? [],
      routes: [childOf(live, HTTPRoute, name, routeOf(app, service, live, { to, intent, mayClaim }))],
      standsAlone: hasServices(live, to.port(intent)),
    }),
  };
}

/** While another application has the hosts, what is served goes on being served: only the weight follows the run. */
function routeOf(
  app: CanaryApp,
  { gateways = [], hosts }: CanaryAppSpec['service'],
  live: LiveObjects,
  { to, intent, mayClaim }: { readonly to: Destinations; readonly intent: Intent; readonly mayClaim: boolean },
): HTTPRoute | undefined {
  if (intent.isUnrouted === true) return undefined;
  const metadata = ownedMetadata(app, app.metadata.name);
  const known = live.get(HTTPRoute, app.metadata.name);
  const says = { services: to.services, port: to.port(intent), weight: intent.weight };
  if (mayClaim) return httpRouteOf(metadata, { gateways, hosts, ...says });
  return known?.spec === undefined ? undefined : reweighted(metadata, known, says);
}
