import type { ClusterConnection } from '@canaryop/reconcile/client';
import type { Env } from '@canaryop/reconcile/env';

/** What the original has no word for. Without any of it, an operator behaves as it did. */
export interface OperatorOptions {
  /**
   * Handlers that run at the same time, each for another object. The original runs one, whatever the resource; more are
   * for handlers that share nothing. @default 1
   */
  readonly concurrency?: number;
  /** @default the process */
  readonly env?: Env;
  /** Where events come from and writes go to; it stays open. @default what `kubeConfig` says when the first watch begins */
  readonly connection?: ClusterConnection;
}
