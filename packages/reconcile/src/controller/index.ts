/** Controllers: what wakes them, what they run, and what happens when that fails. */
export {
  buildController,
  controller,
  type ControllerBuilder,
  type ControllerDefinition,
  type ControllerDependencies,
  type Informers,
  type SourceFactory,
  type WatchDefinition,
} from './builder.ts';
export { declaredPermissions } from './declared-permissions.ts';
export {
  Controller,
  type ControllerMetrics,
  type ControllerOptions,
  type ControllerState,
  type ReconcileOutcome,
} from './controller.ts';
export { createOrUpdate, type OperationResult } from './create-or-update.ts';
export type { ReconcileContext, Reconciler, ReconcileServices, Request, Result } from './reconciler.ts';
export {
  dependent,
  dependentLabel,
  dependents,
  dependentsCondition,
  planDependents,
  reconcileDependents,
  type Dependent,
  type DependentOptions,
  type Dependents,
  type DependentsPlan,
  type DependentsState,
  type DependentStep,
  type DependentWait,
  type DesiredChild,
  type ReadyDependents,
} from './dependents/index.ts';
export { isTerminal, TerminalError } from './terminal-error.ts';
