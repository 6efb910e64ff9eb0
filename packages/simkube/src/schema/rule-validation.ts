import {
  compileRule,
  evaluateMessage,
  evaluateRule,
  type CompiledRule,
  type RuleEnvironment,
} from '@canaryop/reconcile/cel';
import { jsonEqual } from '../patch/compare.ts';
import { correlatedField, correlatedItem, type Correlated } from './correlate.ts';
import { goValue, invalidValue, type FieldError } from './field-error.ts';
import { isJsonObject, type Json, type StructuralSchema, type ValidationRule } from './structural-schema.ts';

/** Runs the rules of a schema over a value. */
export type RuleCheck = (value: Json, path: string, old: Correlated | undefined) => readonly FieldError[];

/** Where a node stands. */
interface Node {
  readonly isResource: boolean;
  readonly environment: RuleEnvironment;
}

/** Compiles every `x-kubernetes-validations` rule of a schema; undefined when it has none. */
export function ruleCheck(schema: StructuralSchema, node: Node): RuleCheck | undefined {
  const rules = (schema['x-kubernetes-validations'] ?? []).map((rule) => preparedRule(rule, schema, node));
  const below = checksBelow(schema, node);
  if (rules.length === 0 && below === undefined) return undefined;
  return (value, path, old) => {
    if (value === null) return [];
    const own = rules.flatMap((rule) => ruleErrors({ rule, schema, value, path, old }));
    return below === undefined ? own : [...own, ...below(value, path, old)];
  };
}

interface PreparedRule {
  readonly source: ValidationRule;
  /** Absent when it does not compile; the CRD was refused then, but one stored by other means says so here. */
  readonly compiled: CompiledRule | undefined;
  readonly message: CompiledRule | undefined;
  readonly error: string | undefined;
}

function preparedRule(
  source: ValidationRule,
  schema: StructuralSchema,
  { isResource, environment }: Node,
): PreparedRule {
  const compiled = compileRule(source.rule, { schema, isResource, environment });
  const message =
    source.messageExpression === undefined
      ? undefined
      : compileRule(source.messageExpression, { schema, isResource, environment, result: 'string' });
  return {
    source,
    compiled: compiled.ok ? compiled.rule : undefined,
    message: message?.ok === true ? message.rule : undefined,
    error: compiled.ok ? undefined : compiled.error,
  };
}

interface RuleCase {
  readonly rule: PreparedRule;
  readonly schema: StructuralSchema;
  readonly value: Json;
  readonly path: string;
  readonly old: Correlated | undefined;
}

function ruleErrors({ rule, schema, value, path, old }: RuleCase): readonly FieldError[] {
  const { source, compiled } = rule;
  if (compiled === undefined) return [invalidValue(path, schema.type, `rule compile error: ${rule.error}`)];
  const input = { self: value, oldSelf: old?.value };
  const outcome = evaluateRule(compiled, input);
  if ('error' in outcome) {
    return [invalidValue(path, schema.type, `${outcome.error} evaluating rule: ${ruleText(source)}`)];
  }
  if (outcome.ok) return [];
  // What did not change and is judged by itself alone may stay as it is (KEP-4008).
  if (!compiled.usesOldSelf && old !== undefined && jsonEqual(old.value, value)) return [];
  const message = rule.message === undefined ? undefined : evaluateMessage(rule.message, input);
  const detail = message ?? plainMessage(source);
  return [brokenRule(`${path}${source.fieldPath ?? ''}`.replace(/^\./u, ''), { source, schema, value, detail })];
}

function plainMessage(rule: ValidationRule): string {
  const message = rule.message?.trim() ?? '';
  return message === '' ? `failed rule: ${rule.rule.trim()}` : message;
}

function ruleText(rule: ValidationRule): string {
  const message = rule.message?.trim() ?? '';
  return message === '' ? rule.rule.trim() : message;
}

function brokenRule(
  path: string,
  { source, schema, value, detail }: { source: ValidationRule; schema: StructuralSchema; value: Json; detail: string },
): FieldError {
  const field = path === '' ? '<nil>' : path;
  const isStructure = schema.type === 'object' || schema.type === 'array';
  const shown = isStructure ? '' : `: ${goValue(value)}`;
  const reason = source.reason ?? 'FieldValueInvalid';
  const kind = {
    FieldValueInvalid: `Invalid value${shown}`,
    FieldValueForbidden: 'Forbidden',
    FieldValueRequired: 'Required value',
  };
  if (reason === 'FieldValueDuplicate') return { reason, field, body: `Duplicate value${shown}` };
  return { reason, field, body: `${kind[reason]}: ${detail}` };
}

function checksBelow(schema: StructuralSchema, { environment }: Node): RuleCheck | undefined {
  const checkOf = (child: StructuralSchema): RuleCheck | undefined =>
    ruleCheck(child, { environment, isResource: child['x-kubernetes-embedded-resource'] === true });
  const properties = new Map<string, RuleCheck>();
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    const check = checkOf(child);
    if (check !== undefined) properties.set(key, check);
  }
  const items = schema.items === undefined ? undefined : checkOf(schema.items);
  const rest = typeof schema.additionalProperties === 'object' ? checkOf(schema.additionalProperties) : undefined;
  if (properties.size === 0 && items === undefined && rest === undefined) return undefined;

  return (value, path, old) => {
    if (Array.isArray(value)) {
      const list = value as readonly Json[];
      if (items === undefined) return [];
      return list.flatMap((item, index) => items(item, `${path}[${index}]`, correlatedItem(old, schema, item)));
    }
    if (!isJsonObject(value)) return [];
    return Object.entries(value).flatMap(([key, child]) => {
      if (child === undefined) return [];
      const check = properties.get(key);
      if (check !== undefined) return check(child, path === '' ? key : `${path}.${key}`, correlatedField(old, key));
      return rest?.(child, `${path}[${key}]`, correlatedField(old, key)) ?? [];
    });
  };
}
