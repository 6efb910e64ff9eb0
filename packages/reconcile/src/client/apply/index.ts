/** The pure part of applying and patching: what would have to be sent, decided without sending anything. */
export { isMerged, mergeDiff } from '../merge-diff.ts';
export { planApply, type ApplyPlan } from './plan-apply.ts';
