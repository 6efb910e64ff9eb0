import type { ControllerDefinition } from '@canaryop/reconcile/controller';
import type { CustomKind, CustomResourceDefinition } from '@canaryop/reconcile/crd';
import { operatorPermissions, type OperatorPermissions } from '@canaryop/reconcile/manager';
import type { KubernetesObject } from '@canaryop/reconcile/object';
import type { Permission } from '@canaryop/reconcile/rbac';
import { checkKind } from '@canaryop/reconcile/validation';
import type { KindVersions } from '@canaryop/reconcile/versions';
import {
  webhookClientConfig,
  webhookConfigurations,
  webhookPermissions,
  type AdmissionWebhook,
  type WebhookPlace,
} from '@canaryop/reconcile/webhook';

import { UsageError } from '../usage-error.ts';

/** One kind of an operator, as plain data. */
export interface KindDescription {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly crd: CustomResourceDefinition;
  /** With the version of the controllers alone. */
  readonly storedCrd: CustomResourceDefinition;
}

/** What the manifests of an operator follow from, as plain data: the same for the same module. */
export interface OperatorDescription {
  readonly fieldManager: string;
  readonly kinds: readonly KindDescription[];
  readonly permissions: OperatorPermissions;
  /** Absent: there are none. */
  readonly webhooks?: WebhooksDescription;
}

/** The webhooks of an operator, as plain data. */
export interface WebhooksDescription {
  /** By whom API servers learn of them. */
  readonly configurations: readonly KubernetesObject[];
  /** What it takes to keep their certificate: in the operator's namespace, and in the cluster. */
  readonly permissions: Pick<OperatorPermissions, 'own' | 'cluster'>;
}

/** What `src/operator.ts` exports as `operator`. */
export interface DeclaredOperator {
  readonly fieldManager: string;
  readonly kinds: readonly CustomKind<KubernetesObject>[];
  readonly controllers: readonly ControllerDefinition[];
  readonly webhooks?: {
    readonly admission?: readonly AdmissionWebhook[];
    readonly conversion?: readonly KindVersions[];
  };
}

/**
 * Describes what a module declares. Throws `UsageError` when it does not export an operator, and `SchemaError` for a kind
 * that the API server would refuse.
 * @param place where API servers find its webhooks
 */
export function describeOperator(module: Readonly<Record<string, unknown>>, place: WebhookPlace): OperatorDescription {
  const operator = declaredOperator(module);
  const { fieldManager, controllers } = operator;
  const older = (operator.webhooks?.conversion ?? []).flatMap((versions) => versions.older);
  for (const kind of [...operator.kinds, ...older.map((version) => version.kind)]) checkKind(kind);
  const { everywhere, own, cluster } = operatorPermissions(controllers, { lease: fieldManager, secureMetrics: true });
  const kinds = operator.kinds.map((kind) => ({
    group: kind.group,
    kind: kind.kind,
    plural: kind.plural,
    crd: definitionOf(kind, operator, place),
    storedCrd: kind.crd(),
  }));
  refuseTwice(kinds);
  return {
    fieldManager,
    kinds,
    permissions: { everywhere: plain(everywhere), own: plain(own), cluster: plain(cluster) },
    ...describedWebhooks(operator, place),
  };
}

/** With all its versions, where some are converted. */
function definitionOf(
  kind: CustomKind<KubernetesObject>,
  { webhooks }: DeclaredOperator,
  place: WebhookPlace,
): CustomResourceDefinition {
  const versions = webhooks?.conversion?.find(
    ({ current }) => current.kind === kind.kind && current.group === kind.group,
  );
  return versions === undefined ? kind.crd() : versions.crd({ webhook: webhookClientConfig(place) });
}

function describedWebhooks(
  { fieldManager: name, webhooks = {} }: DeclaredOperator,
  place: WebhookPlace,
): Pick<OperatorDescription, 'webhooks'> {
  const { admission = [], conversion = [] } = webhooks;
  if (admission.length + conversion.length === 0) return {};
  const { own, cluster } = webhookPermissions({ name, admission, conversion });
  return {
    webhooks: {
      configurations: webhookConfigurations(admission, { name, place }),
      permissions: { own: plain(own), cluster: plain(cluster) },
    },
  };
}

/** What a module declares. Throws `UsageError` when it does not export an operator. */
export function declaredOperator({ operator: value }: Readonly<Record<string, unknown>>): DeclaredOperator {
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
