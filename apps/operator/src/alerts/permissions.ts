import { Pod } from '@canaryop/reconcile/kinds';

import type { Permission } from '@canaryop/reconcile/rbac';

/** What the receiver of alerts asks for, in those namespaces where it is wanted: no other role of the operator has it. */
export const alertReceiverPermissions: readonly Permission[] = [{ resource: Pod, verbs: ['get', 'patch', 'delete'] }];
