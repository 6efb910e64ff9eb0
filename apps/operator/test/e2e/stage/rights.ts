import type { AuditEvent } from '@canaryop/testkit/control-plane';

import { parseManifests } from '../../manifests/manifest-files.ts';
import { kubectl } from '../world/kubectl.ts';

/** Who the operator is where config/default installs it. */
export const operatorUser = 'system:serviceaccount:canaryop-system:canaryop-controller-manager';

/** Roles that are bound to the operator; the others are for people and for Prometheus. */
const ownRoles = ['canaryop-manager-role', 'canaryop-leader-election-role', 'canaryop-metrics-auth-role'];

/** `verb group/resource` for each right that config/default gives the operator. */
export async function rightsGranted(kubeconfig: string, folder: string): Promise<readonly string[]> {
  const roles = parseManifests(await kubectl(kubeconfig, ['kustomize', folder])).filter(
    ({ kind, metadata }) => kind.endsWith('Role') && ownRoles.includes(metadata.name),
  );
  if (roles.length !== ownRoles.length) throw new Error(`config/default has ${roles.length} of ${ownRoles.join(', ')}`);
  return roles.flatMap(({ rules = [] }) =>
    rules.flatMap(({ apiGroups = [], resources = [], verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
      ),
    ),
  );
}

/** The same for what requests asked for, those that were refused left out. */
export function rightsUsed(events: readonly AuditEvent[]): ReadonlySet<string> {
  return new Set(
    events
      .filter(({ responseStatus }) => responseStatus?.code !== 403)
      .map(({ verb, objectRef }) => {
        const { apiGroup = '', resource = '', subresource } = objectRef ?? {};
        return `${verb} ${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`;
      }),
  );
}

/** One line for each request that was refused for want of a right, not because its namespace is on its way out. */
export function forbidden(events: readonly AuditEvent[]): readonly string[] {
  return events
    .filter(({ responseStatus }) => responseStatus?.code === 401 || responseStatus?.code === 403)
    .filter(({ responseStatus }) => responseStatus?.message?.includes('because it is being terminated') !== true)
    .map(({ verb, requestURI, responseStatus }) => `${verb} ${requestURI}: ${responseStatus?.message ?? ''}`);
}

/** Update, patch or delete without resourceVersion or uid, those of Events aside. */
export function unconditional(events: readonly AuditEvent[]): readonly string[] {
  return events
    .filter(({ verb, objectRef }) => ['update', 'patch', 'delete'].includes(verb) && objectRef?.resource !== 'events')
    .filter(({ requestObject }) => !isConditional(requestObject))
    .map(({ verb, requestURI, requestObject }) => `${verb} ${requestURI} ${JSON.stringify(requestObject)}`);
}

function isConditional(body: unknown): boolean {
  if (Array.isArray(body)) {
    const steps = body as readonly { readonly path: string; readonly value?: unknown }[];
    return steps.some(({ path, value }) => path === '/metadata/resourceVersion' && typeof value === 'string');
  }
  const { metadata, preconditions } = (body ?? {}) as { metadata?: Precondition; preconditions?: Precondition };
  return [metadata?.resourceVersion, metadata?.uid, preconditions?.uid, preconditions?.resourceVersion].some(
    (value) => value !== undefined && value !== '',
  );
}

interface Precondition {
  readonly resourceVersion?: string;
  readonly uid?: string;
}
