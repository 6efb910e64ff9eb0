import { Secret } from '@canaryop/reconcile/kinds';
import type { Permission } from '@canaryop/reconcile/rbac';

import { trackingKeyName } from './tracking-key-name.ts';

/** What the key of the checksums of Secrets asks for, in the operator's own namespace. It is made once, and never changed. */
export const trackingKeyPermissions: readonly Permission[] = [
  { resource: Secret, verbs: ['create'] },
  { resource: Secret, verbs: ['get'], names: [trackingKeyName] },
];
