import type { Client } from '../client/client.ts';
import type { Logger } from '../env/logger.ts';
import type { KubernetesObject } from '../object/object.ts';
import { apiVersionOf, resourceKind } from '../object/resource-kind.ts';
import { missingRights, type GrantedRule } from '../rbac/missing-rights.ts';
import type { Permission } from '../rbac/permission.ts';

interface RulesReview extends KubernetesObject {
  readonly spec: { readonly namespace: string };
  readonly status?: { readonly resourceRules?: readonly GrantedRule[]; readonly incomplete?: boolean };
}
const rulesReviews = resourceKind<RulesReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
});

/**
 * Asks the server, once for each namespace, what this process may do there, and logs what it needs and may not. Whoever
 * is authenticated may ask. It says nothing where the server does not know itself, as with an authorizing webhook, and
 * never rejects: this is a help, and no condition.
 */
export async function reviewPermissions(
  { client, log }: { readonly client: Pick<Client, 'create'>; readonly log: Logger },
  permissions: readonly Permission[],
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const namespace of namespaces) {
    try {
      // A review has no name: it is an answer, and not kept.
      const metadata = {} as KubernetesObject['metadata'];
      const question = {
        apiVersion: apiVersionOf(rulesReviews),
        kind: rulesReviews.kind,
        metadata,
        spec: { namespace },
      };
      const { status } = await client.create(rulesReviews, question, signal);
      const missing = missingRights(permissions, status?.resourceRules ?? []);
      if (status?.incomplete !== true && missing.length > 0)
        log.error('this service account lacks rights that the controllers need', { namespace, missing });
    } catch (error) {
      if (!signal.aborted) log.warn('rights could not be looked up', { namespace, error });
    }
  }
}
