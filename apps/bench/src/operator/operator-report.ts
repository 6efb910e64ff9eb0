import type { ProcessUsage } from '../measure/process-usage.ts';

/** What an operator process did since it was last reset. */
export interface OperatorReport {
  readonly reconciles: number;
  /** From a key's being ready to the start of its reconcile. */
  readonly queueP50Ms: number;
  readonly queueP99Ms: number;
  readonly queueMaxMs: number;
  readonly reconcileP50Ms: number;
  readonly reconcileP99Ms: number;
  readonly reconcileMaxMs: number;
  /** At the moment of the report. */
  readonly activeWorkers: number;
  readonly usage: ProcessUsage;
}
