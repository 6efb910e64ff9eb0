import { Deployment, Service } from '@canaryop/reconcile/kinds';
import { apiVersionOf, type KubernetesObject, type ObjectMeta } from '@canaryop/reconcile/object';

import { CanaryApp, type OwnedSpec } from '../api/v1/canaryapp.ts';
import { primaryName, secondaryName, type Role } from '../api/v1/names.ts';
import { deploymentOf, type OwnedDeployment } from '../targets/owned-deployment.ts';
import { DestinationRule, Gateway, VirtualService } from '../traffic/istio/kinds.ts';
import {
  destinationRuleOf,
  gatewayOf,
  routePortOf,
  serviceOf,
  virtualServiceOf,
  weightOf,
} from '../traffic/istio/routes.ts';
import type { Intent } from './decision.ts';
import type { Child } from './write.ts';

/** The children of an application as the cache has them. */
export interface LiveChildren {
  readonly primary?: Deployment;
  readonly secondary?: Deployment;
  readonly service?: Service;
  readonly destinationRule?: DestinationRule;
  readonly gateway?: Gateway;
  readonly virtualService?: VirtualService;
}

/** What children are made from, beside the intent. */
export interface ChildContext {
  readonly app: CanaryApp;
  readonly spec: OwnedSpec;
  /** Hosts that may be served; absent: another application has them, and routes stay as they are. */
  readonly hosts?: readonly string[];
}

/**
 * Every child, in the order in which it is safe to write them: a weight goes down before anything else changes and
 * up after everything else has, and a subset exists before a route names it.
 */
export function children(context: ChildContext, live: LiveChildren, intent: Intent): readonly Child[] {
  const { app } = context;
  const { name } = app.metadata;
  const service = child(Service, live.service, serviceOf(owned(app, name), name, portsFor(live, intent)));
  const rule = child(DestinationRule, live.destinationRule, destinationRuleOf(owned(app, name), name));
  const routes =
    context.hosts === undefined
      ? keptRoutes(context, live, intent)
      : wantedRoutes(context, context.hosts, live, intent);
  const workloads = [primary(context, live, intent), secondary(context, live, intent)];
  const { virtualService } = live;
  const before = virtualService && weightOf(virtualService);
  if (virtualService === undefined || before === undefined) return [service, rule, ...routes, ...workloads];
  if (intent.weight >= before) return [service, rule, ...workloads, ...routes];
  // A refused Service must not keep traffic where it is; only a port that it does not list yet has to come first.
  const isListed = live.service?.spec?.ports?.some(({ port }) => port === intent.routePort) === true;
  return isListed ? [...routes, service, rule, ...workloads] : [service, rule, ...routes, ...workloads];
}

/** A port that the routes still name leaves the Service only after they have changed. */
function portsFor({ virtualService }: LiveChildren, { servicePorts }: Intent): readonly number[] {
  const routed = virtualService && routePortOf(virtualService);
  return routed === undefined || servicePorts.includes(routed) ? servicePorts : [...servicePorts, routed];
}

function wantedRoutes(
  context: ChildContext,
  hosts: readonly string[],
  live: LiveChildren,
  intent: Intent,
): readonly Child[] {
  const { app, spec } = context;
  const { name } = app.metadata;
  const metadata = owned(app, name);
  const own = spec.service.gateways === undefined;
  const gateways = spec.service.gateways ?? [name];
  const virtualService = virtualServiceOf(metadata, {
    app: name,
    hosts,
    gateways,
    port: intent.routePort,
    weight: intent.weight,
  });
  const routes = child(VirtualService, live.virtualService, virtualService);
  // A Gateway is there before a route names it, and goes after none does.
  return own
    ? [child(Gateway, live.gateway, gatewayOf(metadata, hosts)), routes]
    : [routes, child(Gateway, live.gateway, undefined)];
}

/** While another application has the hosts, what is served goes on being served: only the weight follows the run. */
function keptRoutes({ app }: ChildContext, live: LiveChildren, intent: Intent): readonly Child[] {
  const { virtualService } = live;
  if (virtualService === undefined) return [];
  const { name } = app.metadata;
  const { hosts, gateways = [] } = virtualService.spec;
  const routes = { app: name, hosts, gateways, port: intent.routePort, weight: intent.weight };
  return [child(VirtualService, virtualService, virtualServiceOf(owned(app, name), routes))];
}

function primary({ app, spec }: ChildContext, live: LiveChildren, { primary: revision }: Intent): Child {
  const replicas = { count: spec.replicas, isFixed: false };
  const desired = deploymentOf({ ...parts(app, spec, 'primary'), revision, replicas: replicas.count });
  return { ...child(Deployment, live.primary, desired), replicas };
}

function secondary({ app, spec }: ChildContext, live: LiveChildren, { secondary: revision }: Intent): Child {
  if (revision === undefined) return child(Deployment, live.secondary, undefined);
  const replicas = { count: spec.testReplicas, isFixed: true };
  const desired = deploymentOf({ ...parts(app, spec, 'secondary'), revision, replicas: replicas.count });
  return { ...child(Deployment, live.secondary, desired), replicas };
}

function parts(app: CanaryApp, { podSecurity }: OwnedSpec, role: Role): Omit<OwnedDeployment, 'revision' | 'replicas'> {
  const { name } = app.metadata;
  return {
    metadata: owned(app, role === 'primary' ? primaryName(name) : secondaryName(name)),
    app: name,
    role,
    podSecurity,
  };
}

function child<T extends KubernetesObject>(kind: Child['kind'], live: T | undefined, desired: T | undefined): Child {
  return { kind, ...(live === undefined ? {} : { live }), ...(desired === undefined ? {} : { desired }) };
}

/** Metadata of a child: garbage collection removes it with its application, wherever the operator is by then. */
function owned(app: CanaryApp, name: string): ObjectMeta {
  const { name: owner, namespace, uid = '' } = app.metadata;
  const reference = {
    apiVersion: apiVersionOf(CanaryApp),
    kind: CanaryApp.kind,
    name: owner,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return { name, ...(namespace === undefined ? {} : { namespace }), ownerReferences: [reference] };
}
