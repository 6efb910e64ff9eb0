import { present } from '@canaryop/reconcile/object';

import type { AdoptedSpec, CanaryApp, OwnedSpec } from '../api/v1/canaryapp.ts';
import { canaryName, primaryName, secondaryName } from '../api/v1/names.ts';
import { gatewayRoutes } from '../traffic/gateway-api/gateway-routes.ts';
import { routedPort } from '../traffic/gateway-api/http-route.ts';
import { HTTPRoute } from '../traffic/gateway-api/kinds.ts';
import { istioServices } from '../traffic/istio/istio-services.ts';
import { istioSubsets } from '../traffic/istio/istio-subsets.ts';
import type { Router } from '../traffic/router.ts';
import type { Backends } from '../traffic/services/backends.ts';
import { ownedServices } from '../traffic/services/owned-services.ts';

/** What routes between the workloads of an application with an image. */
export function ownedRouter(app: CanaryApp, spec: OwnedSpec): Router {
  if (!isByGatewayApi(spec)) return istioSubsets(app, spec);
  const { name } = app.metadata;
  const backends = ownedServices(app, (live) => {
    const route = live.get(HTTPRoute, name);
    return route && routedPort(route);
  });
  const services = { primary: primaryName(name), secondary: secondaryName(name) };
  return gatewayRoutes(app, spec, { services, port: ({ routePort }) => routePort, backends });
}

/**
 * What routes between the Services of an adopted target.
 * @param host the name by which the application is reached in the mesh
 * @param backends the Services, where the target does not make them itself
 */
export function adoptedRouter(app: CanaryApp, spec: AdoptedSpec, host: string, backends?: Backends): Router {
  if (!isByGatewayApi(spec)) return istioServices(app, spec, host, backends);
  const { name } = app.metadata;
  const services = { primary: primaryName(name), secondary: canaryName(name) };
  return gatewayRoutes(app, spec, { services, port: () => spec.service.port, ...present({ backends }) });
}

/** Whether routes can lead to a host outside of the cluster. */
export function leadsOutside(spec: AdoptedSpec): boolean {
  return !isByGatewayApi(spec);
}

function isByGatewayApi({ traffic }: OwnedSpec | AdoptedSpec): boolean {
  return traffic?.router === 'gateway-api';
}
