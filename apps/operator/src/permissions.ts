import { eventKind } from '@canaryop/reconcile/events';
import { Secret } from '@canaryop/reconcile/kinds';
import { leaseKind } from '@canaryop/reconcile/leader-election';

import type { Permission } from './rbac/permission.ts';
import { leaseName } from './lease-name.ts';
import { trackingKeyName } from './tracking-key-name.ts';

/** What telling about objects asks for, in the namespaces of those objects: an Event, and its count when it recurs. */
export const eventPermissions: readonly Permission[] = [{ resource: eventKind, verbs: ['create', 'patch'] }];

/** What `--leader-elect` asks for, in the operator's own namespace. */
export const leaderElectionPermissions: readonly Permission[] = [
  { resource: leaseKind, verbs: ['create'] },
  { resource: leaseKind, verbs: ['get', 'patch'], names: [leaseName] },
];

/** What the key of the checksums of Secrets asks for, in the operator's own namespace. It is made once, and never changed. */
export const trackingKeyPermissions: readonly Permission[] = [
  { resource: Secret, verbs: ['create'] },
  { resource: Secret, verbs: ['get'], names: [trackingKeyName] },
];

/** What `--metrics-secure` asks for: who scrapes, and whether they may. */
export const scrapePermissions: readonly Permission[] = [
  { resource: { group: 'authentication.k8s.io', plural: 'tokenreviews' }, verbs: ['create'] },
  { resource: { group: 'authorization.k8s.io', plural: 'subjectaccessreviews' }, verbs: ['create'] },
];
