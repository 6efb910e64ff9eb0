import type { Permission } from '@canaryop/reconcile/rbac';

import { CanaryApp } from '../../api/v1/canaryapp.ts';

/** What keeping applications for workloads asks for, beside what the controller of CanaryApps may do anyway. */
export const keeperPermissions: readonly Permission[] = [{ resource: CanaryApp, verbs: ['create', 'delete'] }];
