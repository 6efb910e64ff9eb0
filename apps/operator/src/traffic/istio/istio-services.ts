import { Service } from '@canaryop/reconcile/kinds';

import type { AdoptedSpec, CanaryApp } from '../../api/v1/canaryapp.ts';
import { canaryName, primaryName } from '../../api/v1/names.ts';
import { ownedMetadata } from '../../api/v1/owned-metadata.ts';
import type { Intent } from '../../rollout/decision.ts';
import type { LiveObjects } from '../../rollout/live-objects.ts';
import { childOf } from '../../rollout/write.ts';
import { claimsAt } from '../claims.ts';
import type { Router } from '../router.ts';
import type { Backends } from '../services/backends.ts';
import { VirtualService } from './kinds.ts';
import { weightedRoutes, weightOfHosts } from './weighted-hosts.ts';

/**
 * Istio, with a Service for each workload: in the mesh, and at the gateways that the spec names, requests to `host` are
 * shared out between them.
 * @param backends the Services, where the target does not make them itself
 */
export function istioServices(app: CanaryApp, spec: AdoptedSpec, host: string, backends: Backends = none): Router {
  const { name } = app.metadata;
  const hosts = { primary: primaryName(name), secondary: canaryName(name) };
  return {
    kinds: [VirtualService],
    reads: backends.reads,
    owned: [...backends.owned, { kind: VirtualService, name }],
    claims: spec.service.gateways === undefined ? [] : claimsAt(app, spec.service),
    obstacle: (live) => backends.obstacle(live),
    weight: (live) => {
      const routes = live.get(VirtualService, name);
      return routes === undefined ? 'none' : (weightOfHosts(routes, hosts) ?? 'unclear');
    },
    children: (live, intent, mayClaim) => ({
      foundations: backends.children(live, intent),
      routes: [childOf(live, VirtualService, name, routesOf({ app, spec, host }, live, { intent, mayClaim }))],
      standsAlone: Object.values(hosts).every((own) => live.get(Service, own) !== undefined),
    }),
  };
}

const none: Backends = { reads: [], owned: [], obstacle: () => undefined, children: () => [] };

interface Context {
  readonly app: CanaryApp;
  readonly spec: AdoptedSpec;
  /** The name by which the application is reached in the mesh. */
  readonly host: string;
}

/** While another application has the hosts, what is served goes on being served: only the weight follows the run. */
function routesOf(
  { app, spec, host }: Context,
  live: LiveObjects,
  { intent, mayClaim }: { readonly intent: Intent; readonly mayClaim: boolean },
): VirtualService | undefined {
  if (intent.isUnrouted === true) return undefined;
  const { name } = app.metadata;
  const known = live.get(VirtualService, name)?.spec;
  if (!mayClaim && known === undefined) return undefined;
  const at = mayClaim || known === undefined ? reachedAt(host, spec) : known;
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
