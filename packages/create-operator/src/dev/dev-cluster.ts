import type { WebhookPlace } from '@canaryop/reconcile/webhook';

import type { OperatorDescription } from '../manifests/operator-description.ts';

/** Where `reconcile dev` runs the operator. */
export interface DevCluster {
  /** For people: what it is. */
  readonly title: string;
  /** For kubectl; undefined where kubectl speaks to it anyway. */
  readonly kubeconfig: string | undefined;
  /** Where its API servers find the operator's webhooks. */
  readonly webhookPlace: WebhookPlace;
  /** Arguments of the operator's process. */
  readonly args: readonly string[];
  /** Environment of the operator's process; undefined removes a variable. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Makes the cluster know the operator's kinds, as they are now. */
  install(description: OperatorDescription): Promise<void>;
  stop(): Promise<void>;
}
