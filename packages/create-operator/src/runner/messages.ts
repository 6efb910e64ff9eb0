import type { WebhookPlace } from '@canaryop/reconcile/webhook';

import type { LoadProblem } from '../describe/describe-answer.ts';
import type { OperatorDescription } from '../manifests/operator-description.ts';

/** What `reconcile dev` asks of the operator's process. One at a time; each is answered. */
export type RunnerRequest =
  /** Import what is new because these files have changed, and let nothing of it work yet. */
  | { readonly load: readonly string[]; readonly place: WebhookPlace }
  /** Let the controllers that were loaded last work, instead of those that do. */
  | { readonly swap: true };

/** What an operator's process says of itself: a manager has started. */
export type RunnerNotice = { readonly begun: true };

/** What came of loading. */
export type LoadAnswer =
  | { readonly description: OperatorDescription; readonly restart?: string }
  | LoadProblem
  /** Why only a new process can follow this change. */
  | { readonly restart: string }
  /** Nothing that runs comes from these files. */
  | { readonly unaffected: true };

/** What came of a swap. */
export type SwapAnswer = { readonly swapped: true } | { readonly problem: string } | { readonly restart: string };

/** The variable by which `reconcile dev` has its runner at work: processes that an operator starts are not to have it. */
export const runnerVariable = 'RECONCILE_DEV_RUNNER';
