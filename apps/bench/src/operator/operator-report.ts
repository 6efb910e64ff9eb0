import type { ProcessUsage } from '../measure/process-usage.ts';

/** What an operator process did since it was last reset. */
export interface OperatorReport {
  readonly reconciles: number;
  /** From a key's being ready to the first line of its reconcile. */
  readonly startP50Ms: number;
  readonly startP99Ms: number;
  readonly startMaxMs: number;
  readonly reconcileP50Ms: number;
  readonly reconcileP99Ms: number;
  readonly reconcileMaxMs: number;
  /** At the moment of the report. */
  readonly activeWorkers: number;
  readonly usage: ProcessUsage;
}
