/** The pure part of applying and patching: what would have to be sent, decided without sending anything. */
export { isMerged } from '../merge-diff.ts';
export { planApply, type ApplyPlan } from './plan-apply.ts';
