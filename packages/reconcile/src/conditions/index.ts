/** `metav1.Condition` lists, as pure functions. */
export { findCondition, isFalse, isTrue, removeCondition, setCondition, type DesiredCondition } from './conditions.ts';
