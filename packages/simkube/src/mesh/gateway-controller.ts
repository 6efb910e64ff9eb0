import { keyOf, keyText } from '@canaryop/reconcile/object';
import { formatTime } from '@canaryop/reconcile/env';

import type { Loopback } from '../apiserver/loopback.ts';
import { deepEqual } from '../apiserver/object/deep-equal.ts';
import type { ControllerOptions } from '../controllers/controller-options.ts';
import { splitKey } from '../controllers/object-key-text.ts';
import { SyncLoop } from '../controllers/sync-loop.ts';
import { definitionKind } from '../kinds/apiextensions-v1.ts';
import { serviceKind } from '../kinds/core-v1.ts';
import {
  apiGatewayKind,
  apiHttpRouteKind,
  type ApiGateway,
  type ApiHttpRoute,
  type Condition,
  type Listener,
  type ParentRef,
  type RouteParent,
} from '../kinds/gateway-v1.ts';
import { gatewayClass, parentKey } from './gateway-api.ts';
import { intersectHosts } from './host-name.ts';

const controllerName = 'istio.io/gateway-controller';

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * What the ingress says of Gateways and HTTPRoutes, once it follows them: the part of a Gateway API implementation that
 * writes statuses. Of Gateways of another class, and of those that are not there, it says nothing.
 */
export class GatewayController {
  readonly #options: ControllerOptions;
  readonly #loop: SyncLoop;
  readonly #routes = new Set<string>();
  #unsubscribe: (() => void)[] = [];
  #isWatching = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#loop = new SyncLoop({
      env: options.env,
      name: 'gateway-controller',
      latencyMs: options.latencyMs,
      sync: (key) => this.#sync(key),
    });
  }

  start(): void {
    this.#unsubscribe = [
      this.#options.api.watch(definitionKind, () => {
        this.#watch();
      }),
    ];
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#loop.stop();
  }

  /** Begins with the kinds, whose definitions may come later than the server. */
  #watch(): void {
    if (this.#isWatching) return;
    const { api } = this.#options;
    try {
      api.list(apiGatewayKind);
      api.list(apiHttpRouteKind);
      this.#unsubscribe.push(
        api.watch(apiHttpRouteKind, ({ type, object }) => {
          const key = keyText(keyOf(object));
          if (type === 'DELETED') this.#routes.delete(key);
          else this.#routes.add(key);
          this.#loop.enqueue(key);
        }),
        api.watch(apiGatewayKind, ({ object }) => {
          this.#loop.enqueue(`gateway ${keyText(keyOf(object))}`);
          this.#all();
        }),
        api.watch(serviceKind, () => {
          this.#all();
        }),
      );
      this.#isWatching = true;
    } catch {
      // Not served yet: the next change of a definition, to Established, comes here again.
    }
  }

  #all(): void {
    for (const key of this.#routes) this.#loop.enqueue(key);
  }

  #sync(key: string): undefined {
    const { api } = this.#options;
    if (key.startsWith('gateway ')) {
      const gateway = api.get(apiGatewayKind, splitKey(key.slice('gateway '.length)));
      if (gateway?.spec.gatewayClassName === gatewayClass) this.#sayOfGateway(gateway);
      return;
    }
    const route = api.get(apiHttpRouteKind, splitKey(key));
    if (route !== undefined) this.#sayOfRoute(route);
  }

  #sayOfGateway(gateway: ApiGateway): void {
    const verdicts = ['Accepted', 'Programmed'].map((type) => ({
      type,
      status: 'True' as const,
      reason: type,
      message: '',
    }));
    const conditions = this.#conditions(gateway, gateway.status?.conditions, verdicts);
    if (deepEqual(conditions, gateway.status?.conditions)) return;
    this.#options.api.updateStatus(apiGatewayKind, { ...gateway, status: { ...gateway.status, conditions } });
  }

  #sayOfRoute(route: ApiHttpRoute): void {
    const { api } = this.#options;
    const known = route.status?.parents ?? [];
    const others = known.filter((parent) => parent.controllerName !== controllerName);
    const ours = (route.spec.parentRefs ?? []).flatMap((parentRef): RouteParent[] => {
      const gateway = api.get(apiGatewayKind, splitKey(parentKey(parentRef, route)));
      if (gateway?.spec.gatewayClassName !== gatewayClass) return [];
      const before = known.find(
        (parent) =>
          parent.controllerName === controllerName &&
          parentKey(parent.parentRef, route) === parentKey(parentRef, route),
      );
      const verdicts = [accepted(route, gateway, parentRef), resolved(api, route)];
      return [{ parentRef, controllerName, conditions: this.#conditions(route, before?.conditions, verdicts) }];
    });
    const parents = [...others, ...ours];
    if (deepEqual(parents, known)) return;
    api.updateStatus(apiHttpRouteKind, { ...route, status: { parents } });
  }

  #conditions(
    { metadata }: ApiGateway | ApiHttpRoute,
    before: readonly Condition[] | undefined,
    verdicts: readonly Verdict[],
  ): readonly Condition[] {
    const now = formatTime(this.#options.env.clock.now());
    return verdicts.map((verdict) => {
      const known = before?.find(({ type }) => type === verdict.type);
      const lastTransitionTime = known?.status === verdict.status ? known.lastTransitionTime : now;
      return { ...verdict, lastTransitionTime, observedGeneration: metadata.generation ?? 0 };
    });
  }
}

/** Whether a listener takes the route. */
function accepted(route: ApiHttpRoute, { metadata, spec }: ApiGateway, parent: ParentRef): Verdict {
  const refused = (reason: string, message: string): Verdict => ({
    type: 'Accepted',
    status: 'False',
    reason,
    message,
  });
  const isOwn = parentKey(parent, route).startsWith(`${route.metadata.namespace}/`);
  const open = spec.listeners.filter((listener) => isOwn || listener.allowedRoutes?.namespaces?.from === 'All');
  if (open.length === 0)
    return refused('NotAllowedByListeners', `no listener of ${metadata.name} takes routes of this namespace`);
  if (!open.some((listener) => sharesHost(listener, route)))
    return refused('NoMatchingListenerHostname', `no listener of ${metadata.name} has a hostname of the route`);
  return { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Route was valid' };
}

function sharesHost({ hostname = '*' }: Listener, { spec }: ApiHttpRoute): boolean {
  return (spec.hostnames ?? ['*']).some((host) => intersectHosts(host, hostname) !== undefined);
}

/** Whether all that the route leads to is there. */
function resolved(api: Loopback, { metadata, spec }: ApiHttpRoute): Verdict {
  const missing = (spec.rules ?? [])
    .flatMap(({ backendRefs = [] }) => backendRefs)
    .find(
      ({ name, namespace = metadata.namespace }) =>
        api.get(serviceKind, { namespace: namespace ?? '', name }) === undefined,
    );
  return missing === undefined
    ? { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'All references resolved' }
    : {
        type: 'ResolvedRefs',
        status: 'False',
        reason: 'BackendNotFound',
        message: `backend(${missing.name}) not found`,
      };
}
