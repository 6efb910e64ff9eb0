import { Service } from '@canaryop/reconcile/kinds';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { canaryName, primaryName } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import type { Intent } from '../../rollout/decision.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import type { PodSelectors } from '../../rollout/pod-selectors.ts';
import { childOf } from '../../rollout/write.ts';
import { claimsAt } from '../claims.ts';
import type { Router } from '../router.ts';
import { entryService, entryServiceObstacle } from '../services/entry-service.ts';
import { podService } from '../services/pod-service.ts';
import { VirtualService } from './kinds.ts';
import { weightedRoutes, weightOfHosts } from './weighted-hosts.ts';

/**
 * Istio, with a Service for each workload: in the mesh, and at the gateways that the spec names, requests to the
 * application's name are shared out between them.
 * @param selectors the labels of the pods of both workloads; undefined while they are not known
 */
export function istioServices(
  app: CanaryApp,
  spec: AdoptedSpec,
  selectors: (live: LiveObjects) => PodSelectors | undefined,
): Router {
  const { name } = app.metadata;
  const hosts = { primary: primaryName(name), secondary: canaryName(name) };
  const names = [hosts.primary, hosts.secondary];
  return {
    kinds: [VirtualService],
    reads: [{ kind: Service, name }],
    owned: [...names.map((own) => ({ kind: Service, name: own })), { kind: VirtualService, name }],
    claims: spec.service.gateways === undefined ? [] : claimsAt(app, spec.service),
    obstacle: (live) => entryServiceObstacle(app, spec, live),
    weight: (live) => {
      const routes = live.get(VirtualService, name);
      return routes === undefined ? 'none' : (weightOfHosts(routes, hosts) ?? 'unclear');
    },
    children: (live, intent, mayClaim) => {
      const labels = selectors(live);
      const services =
        labels === undefined
          ? []
          : [
              childOf(live, Service, hosts.primary, podService(app, spec, hosts.primary, labels.primary)),
              childOf(live, Service, hosts.secondary, podService(app, spec, hosts.secondary, labels.secondary)),
              entryService({ app, spec, live }, labels, intent),
            ];
      return {
        foundations: services,
        routes: [childOf(live, VirtualService, name, routesOf(app, spec, live, { intent, mayClaim }))],
        standsAlone: names.every((own) => live.get(Service, own) !== undefined),
      };
    },
  };
}

/** While another application has the hosts, what is served goes on being served: only the weight follows the run. */
function routesOf(
  app: CanaryApp,
  spec: AdoptedSpec,
  live: LiveObjects,
  { intent, mayClaim }: { readonly intent: Intent; readonly mayClaim: boolean },
): VirtualService | undefined {
  if (intent.isUnrouted === true) return undefined;
  const { name } = app.metadata;
  const known = live.get(VirtualService, name)?.spec;
  if (!mayClaim && known === undefined) return undefined;
  const at = mayClaim || known === undefined ? reachedAt(name, spec) : known;
  const { hosts, gateways } = at;
  return weightedRoutes(ownedMetadata(app, name), {
    hosts,
    ...(gateways === undefined ? {} : { gateways }),
    primary: primaryName(name),
    secondary: canaryName(name),
    port: spec.service.port,
    weight: intent.weight,
  });
}

/** Istio's name for the sidecars of a mesh. */
const mesh = 'mesh';
const everyHost = '*';

/**
 * Without gateways the application is reached within the mesh, by its name. Gateways add the hosts of the spec; a
 * wildcard of all hosts is allowed at gateways only.
 */
function reachedAt(name: string, { service }: AdoptedSpec): { hosts: readonly string[]; gateways?: readonly string[] } {
  const named = service.hosts.filter((host) => host !== everyHost);
  if (service.gateways === undefined) return { hosts: [...new Set([name, ...named])] };
  if (named.length < service.hosts.length) return { hosts: service.hosts, gateways: service.gateways };
  return { hosts: [...new Set([name, ...named])], gateways: [...service.gateways, mesh] };
}
