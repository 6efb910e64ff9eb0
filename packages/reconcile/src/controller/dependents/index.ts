/** Children of an object: their order, their readiness, and what becomes of those that are no longer desired. */
export {
  dependent,
  dependentLabel,
  dependents,
  type Dependent,
  type DependentOptions,
  type Dependents,
  type DesiredChild,
  type ReadyDependents,
} from './dependent.ts';
export { planDependents, type DependentsPlan, type DependentStep, type DependentWait } from './plan-dependents.ts';
export { dependentsCondition, reconcileDependents, type DependentsState } from './reconcile-dependents.ts';
