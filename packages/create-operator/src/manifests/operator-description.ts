import type { ControllerDefinition } from '@canaryop/reconcile/controller';
import type { CustomKind } from '@canaryop/reconcile/crd';
import { operatorPermissions, type OperatorPermissions } from '@canaryop/reconcile/manager';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import type { Permission } from '@canaryop/reconcile/rbac';

import { UsageError } from '../usage-error.ts';

/** One kind of an operator, as plain data. */
export interface KindDescription {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly crd: KubernetesObject;
}

/** What the manifests of an operator follow from, as plain data: the same for the same module. */
export interface OperatorDescription {
  readonly fieldManager: string;
  readonly kinds: readonly KindDescription[];
  readonly permissions: OperatorPermissions;
}

/** What `src/operator.ts` exports as `operator`. */
interface DeclaredOperator {
  readonly fieldManager: string;
  readonly kinds: readonly CustomKind<KubernetesObject>[];
  readonly controllers: readonly ControllerDefinition[];
}

/** Describes what a module declares. Throws `UsageError` when it does not export an operator. */
export function describeOperator(module: Readonly<Record<string, unknown>>): OperatorDescription {
  const operator = declaredOperator(module['operator']);
  const { fieldManager, controllers } = operator;
  const { everywhere, own, cluster } = operatorPermissions(controllers, { lease: fieldManager, secureMetrics: true });
  const kinds = operator.kinds.map((kind) => ({
    group: kind.group,
    kind: kind.kind,
    plural: kind.plural,
    crd: kind.crd(),
  }));
  refuseTwice(kinds);
  return {
    fieldManager,
    kinds,
    permissions: { everywhere: plain(everywhere), own: plain(own), cluster: plain(cluster) },
  };
}

function declaredOperator(value: unknown): DeclaredOperator {
  if (typeof value === 'object' && value !== null) {
    const { fieldManager, kinds, controllers } = value as Readonly<Record<string, unknown>>;
    if (typeof fieldManager === 'string' && Array.isArray(kinds) && Array.isArray(controllers)) {
      return value as DeclaredOperator;
    }
  }
  throw new UsageError('src/operator.ts must export `operator` with fieldManager, kinds and controllers');
}

/** Roles are named by kind, so two of one name would be one. */
function refuseTwice(kinds: readonly KindDescription[]): void {
  const twice = kinds.find(({ kind }, index) => kinds.findIndex((other) => other.kind === kind) !== index);
  if (twice !== undefined) {
    throw new UsageError(`src/operator.ts lists ${twice.kind} twice under kinds; one kind can be there once`);
  }
}

/** A permission's resource is often a whole kind, with functions and a schema. */
function plain(permissions: readonly Permission[]): readonly Permission[] {
  return permissions.map(({ resource: { group, plural }, ...rest }) => ({ resource: { group, plural }, ...rest }));
}
