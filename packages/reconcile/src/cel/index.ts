/** Kubernetes validation rules (`x-kubernetes-validations`), compiled once and evaluated without I/O. */
export type { CelSchema } from './cel-schema.ts';
export { compileCondition, type Condition, type ConditionCompilation } from './compile-condition.ts';
export { compileRule, type CompiledRule, type CompileRuleOptions, type RuleCompilation } from './compile-rule.ts';
export type { DeclType } from './decl-type.ts';
export { evaluateMessage, evaluateRule, type RuleInput, type RuleOutcome } from './evaluate-rule.ts';
export { ruleEnvironment, type RuleEnvironment } from './rule-environment.ts';
