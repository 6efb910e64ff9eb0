import type { ControllerDefinition } from '../controller/builder.ts';
import { declaredPermissions } from '../controller/declared-permissions.ts';
import { eventKind } from '../events/event.ts';
import { leaseKind } from '../leader-election/lease.ts';
import type { Permission } from '../rbac/permission.ts';
import { leasesOf } from '../sharding/shard-leases.ts';
import { webhookPermissions, type WebhookParts } from '../webhook/webhook-permissions.ts';

/** Which parts of a manager ask for rights of their own. */
export interface ManagerParts {
  /** Name of the Lease, or the start of the names of those of shards; absent: there is no election. */
  readonly lease?: string;
  /** How many shards there are; absent: one leader does all. */
  readonly shards?: number;
  /** Whether metrics are served over TLS, to those who may have them. @default false */
  readonly secureMetrics?: boolean;
  /** Whose certificates the manager makes itself. */
  readonly webhooks?: WebhookParts;
}

/** What an operator has to be allowed, by where. */
export interface OperatorPermissions {
  /** In every namespace whose objects it looks after: a ClusterRole, or a Role in each of them. */
  readonly everywhere: readonly Permission[];
  /** In its own namespace. */
  readonly own: readonly Permission[];
  /** In the whole cluster, because they are about no namespace. */
  readonly cluster: readonly Permission[];
}

/** What telling about objects asks for: an Event, and its count when it recurs. */
export const eventPermissions: readonly Permission[] = [{ resource: eventKind, verbs: ['create', 'patch'] }];

/** What an election asks for. */
export function leaderElectionPermissions(lease: string): readonly Permission[] {
  return [
    { resource: leaseKind, verbs: ['create'] },
    { resource: leaseKind, verbs: ['get', 'patch'], names: [lease] },
  ];
}

/** What it takes to divide keys among members. */
export function shardingPermissions(lease: string, shards: number): readonly Permission[] {
  return [
    { resource: leaseKind, verbs: ['create', 'list'] },
    { resource: leaseKind, verbs: ['get', 'patch'], names: leasesOf({ name: lease }, shards).map(({ name }) => name) },
  ];
}

/** What it takes to find out who scrapes, and whether they may. */
export const scrapePermissions: readonly Permission[] = [
  { resource: { group: 'authentication.k8s.io', plural: 'tokenreviews' }, verbs: ['create'] },
  { resource: { group: 'authorization.k8s.io', plural: 'subjectaccessreviews' }, verbs: ['create'] },
];

/** What a manager with these controllers does, and all that it has to be allowed. Roles are made of it by `roleOf`. */
export function operatorPermissions(
  controllers: readonly ControllerDefinition[],
  { lease, shards, secureMetrics = false, webhooks }: ManagerParts = {},
): OperatorPermissions {
  const ofWebhooks = webhooks === undefined ? { everywhere: [], own: [], cluster: [] } : webhookPermissions(webhooks);
  return {
    everywhere: [...controllers.flatMap(declaredPermissions), ...ofWebhooks.everywhere, ...eventPermissions],
    own: [...leasePermissions(lease, shards), ...ofWebhooks.own],
    cluster: [...(secureMetrics ? scrapePermissions : []), ...ofWebhooks.cluster],
  };
}

function leasePermissions(lease: string | undefined, shards: number | undefined): readonly Permission[] {
  if (lease === undefined) return [];
  return shards === undefined ? leaderElectionPermissions(lease) : shardingPermissions(lease, shards);
}
