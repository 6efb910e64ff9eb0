import { compileRule, type RuleEnvironment } from '@canaryop/reconcile/cel';
import { forbiddenValue, invalidValue, requiredValue, unsupportedValue, type FieldError } from './field-error.ts';
import { propertySchema, type Json, type StructuralSchema, type ValidationRule } from './structural-schema.ts';

/** The most that one rule may cost over a whole object, in CEL's units (kube-apiserver's StaticEstimatedCostLimit). */
const ruleCostLimit = 10_000_000;
/** The most that all rules of a CRD may cost together. */
const totalCostLimit = 100_000_000;

interface Place {
  readonly path: string;
  readonly isResource: boolean;
  /** How often the node can occur in one object; undefined below a list or map without a limit. */
  readonly cardinality: number | undefined;
  /** Path of the nearest list whose items an update can't match up. */
  readonly uncorrelated: string | undefined;
}

/**
 * Compiles every rule of a CRD's schema: what does not compile, what could cost too much, and what uses `oldSelf`
 * where no old value can be found is refused, as kube-apiserver refuses it.
 */
export function schemaRuleErrors(
  schema: StructuralSchema,
  options: {
    readonly path: string;
    readonly environment: RuleEnvironment;
    /** Paths of what is wrong with the schema: rules on the way to them can't be judged. */
    readonly broken: readonly string[];
  },
): readonly FieldError[] {
  const { path, environment, broken } = options;
  const errors: FieldError[] = [];
  const costs: { readonly path: string; readonly cost: number }[] = [];

  function visit(node: StructuralSchema, place: Place): void {
    const isSound = !broken.some((field) => field.startsWith(place.path));
    for (const [index, rule] of (isSound ? (node['x-kubernetes-validations'] ?? []) : []).entries()) {
      const at = `${place.path}.x-kubernetes-validations[${index}]`;
      const checked = checkedRule(node, rule, { ...place, path: at, environment });
      errors.push(...checked.errors);
      costs.push({ path: `${at}.rule`, cost: checked.cost });
    }
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      visit(child, { ...place, path: `${place.path}.properties[${key}]`, isResource: isEmbedded(child) });
    }
    if (node.items !== undefined) {
      const isKeyed = node['x-kubernetes-list-type'] === 'map';
      const uncorrelated = place.uncorrelated ?? (isKeyed ? undefined : place.path);
      const cardinality = times(place.cardinality, node.maxItems);
      visit(node.items, { path: `${place.path}.items`, isResource: isEmbedded(node.items), cardinality, uncorrelated });
    }
    const rest = node.additionalProperties;
    if (typeof rest === 'object') {
      const cardinality = times(place.cardinality, node.maxProperties);
      visit(rest, { ...place, path: `${place.path}.additionalProperties`, isResource: isEmbedded(rest), cardinality });
    }
  }

  visit(schema, { path, isResource: true, cardinality: 1, uncorrelated: undefined });
  return [...errors, ...totalErrors(costs, path)];
}

/** Too much in total: the most expensive rules are named. */
function totalErrors(
  costs: readonly { readonly path: string; readonly cost: number }[],
  path: string,
): readonly FieldError[] {
  const total = costs.reduce((sum, { cost }) => sum + cost, 0);
  if (total <= totalCostLimit) return [];
  const expensive = costs
    .filter(({ cost }) => cost >= totalCostLimit / 100)
    .toSorted((a, b) => b.cost - a.cost)
    .slice(0, 4);
  const why = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
  const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  return [
    ...expensive.map((rule) => forbiddenValue(rule.path, why)),
    forbiddenValue(path, costMessage(what, total, totalCostLimit)),
  ];
}

function isEmbedded(schema: StructuralSchema): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

function times(outer: number | undefined, inner: number | undefined): number | undefined {
  return outer === undefined || inner === undefined ? undefined : outer * inner;
}

interface CheckedRule {
  readonly errors: readonly FieldError[];
  readonly cost: number;
}

function checkedRule(
  schema: StructuralSchema,
  rule: ValidationRule,
  place: Place & { readonly environment: RuleEnvironment },
): CheckedRule {
  const { path, isResource, environment } = place;
  const form = [...formErrors(rule, path), ...targetErrors(schema, rule, path)];
  if (form.length > 0) return { errors: form, cost: 0 };
  if (rule.optionalOldSelf === true) {
    return {
      errors: [invalidValue(`${path}.optionalOldSelf`, true, "optional values can't be evaluated here")],
      cost: 0,
    };
  }
  const compiled = compileRule(rule.rule, { schema, isResource, environment });
  if (!compiled.ok) return { errors: [invalidValue(`${path}.rule`, rule as unknown as Json, compiled.error)], cost: 0 };

  const errors: FieldError[] = [];
  let cost = compiled.rule.maxCost * (place.cardinality ?? compiled.rule.maxCardinality);
  if (cost > ruleCostLimit) {
    errors.push(forbiddenValue(`${path}.rule`, costMessage('estimated rule cost', cost, ruleCostLimit)));
  }
  if (compiled.rule.usesOldSelf && place.uncorrelated !== undefined) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated}`;
    errors.push(invalidValue(`${path}.rule`, rule.rule, why));
  }
  if (rule.messageExpression !== undefined) {
    const message = compileRule(rule.messageExpression, { schema, isResource, environment, result: 'string' });
    if (message.ok) cost += message.rule.maxCost;
    else errors.push(invalidValue(`${path}.messageExpression`, rule as unknown as Json, message.error));
  }
  return { errors, cost };
}

function formErrors(rule: ValidationRule, path: string): readonly FieldError[] {
  const message = rule.message?.trim() ?? '';
  if (rule.rule.trim() === '') return [requiredValue(`${path}.rule`, 'rule is not specified')];
  if (rule.message !== undefined && rule.message !== '' && message === '') {
    return [invalidValue(`${path}.message`, rule.message, 'must be non-empty if specified')];
  }
  if (message.includes('\n')) return [invalidValue(`${path}.message`, rule.message, 'must not contain line breaks')];
  if (message === '' && rule.rule.trim().includes('\n')) {
    return [requiredValue(`${path}.message`, 'message must be specified if rule contains line breaks')];
  }
  return [];
}

const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** What a broken rule reports must be one of the known reasons, at a field that is there. */
function targetErrors(schema: StructuralSchema, rule: ValidationRule, path: string): readonly FieldError[] {
  const { reason, fieldPath } = rule;
  const errors: FieldError[] = [];
  if (reason !== undefined && !reasons.includes(reason)) {
    errors.push(unsupportedValue(`${path}.reason`, reason, reasons));
  }
  if (fieldPath !== undefined && fieldPath !== '' && !isFieldPath(schema, fieldPath)) {
    errors.push(invalidValue(`${path}.fieldPath`, fieldPath, 'must be a valid path'));
  }
  return errors;
}

/** `.name` or `['name']`, through fields and map entries; list items can't be named. */
function pathStep(): RegExp {
  return /\.(?<field>[^.[\]]+)|\['(?<quoted>(?:[^'\\]|\\.)*)'\]/uy;
}

function isFieldPath(schema: StructuralSchema, fieldPath: string): boolean {
  let node: StructuralSchema | undefined = schema;
  const steps = pathStep();
  let at = 0;
  while (at < fieldPath.length) {
    steps.lastIndex = at;
    const step = steps.exec(fieldPath);
    node = step === null ? undefined : propertySchema(node, step.groups?.['field'] ?? step.groups?.['quoted'] ?? '');
    if (step === null || node === undefined) return false;
    at = steps.lastIndex;
  }
  return true;
}

function costMessage(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const text = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`;
  return `${what} exceeds budget by factor of ${text} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}
