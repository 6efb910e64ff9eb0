import type { KubernetesObject } from '../object/object.ts';
import { policyRules, type Permission, type PolicyRule } from './permission.ts';

/** A Role or ClusterRole. */
export interface Role extends KubernetesObject {
  readonly rules: readonly PolicyRule[];
}

/** The Role or ClusterRole that grants exactly these permissions. Throws for one that RBAC can't express. */
export function roleOf(kind: 'Role' | 'ClusterRole', name: string, permissions: readonly Permission[]): Role {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name },
    rules: policyRules(permissions),
  };
}
