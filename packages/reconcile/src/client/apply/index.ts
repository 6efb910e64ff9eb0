/** The pure part of applying: what would have to be sent, decided without sending anything. */
export { planApply, type ApplyPlan } from './plan-apply.ts';
