import type { KindVersions } from '../versions/kind-versions.ts';
import { Secret } from '../kinds/core-v1.ts';
import type { Permission } from '../rbac/permission.ts';
import type { AdmissionWebhook } from './admission.ts';
import { trustTargets } from './trust-targets.ts';

/** Whose certificates are kept, and where. */
export interface WebhookParts {
  /** The field manager, after which configurations and Secret are named. */
  readonly name: string;
  readonly admission?: readonly AdmissionWebhook[];
  readonly conversion?: readonly KindVersions[];
}

/** What the Secret of an operator's certificates is called. */
export function certificateSecretName(name: string): string {
  return `${name}-webhook-certificate`;
}

/** What webhooks look at, and what it takes to keep certificates: in the operator's namespace, and in the cluster. */
export function webhookPermissions({ name, admission = [], conversion = [] }: WebhookParts): {
  readonly everywhere: readonly Permission[];
  readonly own: readonly Permission[];
  readonly cluster: readonly Permission[];
} {
  const verbs = ['list', 'watch', 'patch'] as const;
  return {
    everywhere: admission.flatMap(({ scope }) =>
      (scope.reads ?? []).map((resource) => ({ resource, verbs: ['get', 'list'] as const })),
    ),
    own: [
      { resource: Secret, verbs: ['create'] },
      { resource: Secret, verbs, names: [certificateSecretName(name)] },
    ],
    cluster: trustTargets(name, admission, conversion).map((target) => ({
      resource: target.kind,
      verbs,
      names: [target.name],
    })),
  };
}
