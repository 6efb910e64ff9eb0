import type { Unconfirmed } from '../router.ts';
import type { HTTPRoute, ParentReference, RouteParentStatus } from './kinds.ts';

/** What has to be true of a route at a Gateway for requests to go as it says. */
const needed = ['Accepted', 'ResolvedRefs'] as const;

/**
 * Why it is not known that every Gateway of a route follows it as it is now; undefined when it is. What was said of an
 * earlier generation says nothing of this one.
 */
export function unconfirmedRoute(route: HTTPRoute): Unconfirmed | undefined {
  const { parentRefs }: Partial<HTTPRoute['spec']> = route.spec ?? {};
  const unconfirmed = (parentRefs ?? [])
    .map((parent) => unconfirmedAt(route, parent))
    .filter((each) => each !== undefined);
  return unconfirmed.find(({ isRefused }) => isRefused) ?? unconfirmed[0];
}

function unconfirmedAt(route: HTTPRoute, parent: ParentReference): Unconfirmed | undefined {
  const said = (route.status?.parents ?? []).filter(({ parentRef }) => isSame(parentRef, parent, route));
  const verdicts = said.map((status) => verdictOf(route, status));
  if (verdicts.includes('confirmed')) return undefined;
  const what = `HTTPRoute ${route.metadata.name}`;
  const where = `Gateway ${namespaceOf(parent, route)}/${parent.name}`;
  const refusal = verdicts.find((verdict) => typeof verdict === 'object');
  if (refusal !== undefined) {
    const { reason, message } = refusal;
    return { message: `${where} does not accept ${what} (${reason}: ${message}); ${toDo}`, isRefused: true };
  }
  return { message: `${where} has not accepted ${what} as it is now; ${toLookAt}`, isRefused: false };
}

const toDo = 'change the Gateway, or spec.service of the CanaryApp';
const toLookAt = 'see whether it exists, and whether its controller runs';

interface Refusal {
  readonly reason: string;
  readonly message: string;
}

function verdictOf({ metadata }: HTTPRoute, { conditions = [] }: RouteParentStatus): 'confirmed' | 'unknown' | Refusal {
  const current = conditions.filter(({ observedGeneration = 0 }) => observedGeneration >= (metadata.generation ?? 0));
  const found = needed.map((type) => current.find((condition) => condition.type === type));
  const refused = found.find((condition) => condition?.status === 'False');
  if (refused !== undefined) return { reason: refused.reason ?? refused.type, message: refused.message ?? '' };
  return found.every((condition) => condition?.status === 'True') ? 'confirmed' : 'unknown';
}

function isSame(left: ParentReference, right: ParentReference, route: HTTPRoute): boolean {
  return left.name === right.name && namespaceOf(left, route) === namespaceOf(right, route);
}

function namespaceOf({ namespace }: ParentReference, { metadata }: HTTPRoute): string {
  return namespace ?? metadata.namespace ?? '';
}
