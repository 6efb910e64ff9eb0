import { compileRule, evaluateRule, ruleEnvironment, type CompiledRule, type RuleEnvironment } from '../cel/index.ts';
import type { FieldError } from '../crd/field-error.ts';
import { SchemaError, type StructuralSchema, type ValidationRule } from '../crd/structural-schema.ts';
import { appendSegment, identityOf } from './schema-validator.ts';

/** The API server's budgets, in CEL's cost units: for one rule, counting how often it can run, and for a whole CRD. */
const maxRuleCost = 10_000_000;
const maxCrdCost = 100_000_000;

/** The rules of a schema, in its shape; branches without rules are absent. */
export interface RuleTree {
  readonly rules: readonly { readonly source: ValidationRule; readonly compiled: CompiledRule }[];
  readonly properties: Readonly<Record<string, RuleTree>>;
  /** Of the items of a list. */
  readonly items: RuleTree | undefined;
  /** Of the values of an object with free keys. */
  readonly values: RuleTree | undefined;
  /** The fields that identify an item across an update; undefined when items have no identity. */
  readonly mapKeys: readonly string[] | undefined;
}

interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  /** How many values of this schema one object can have. */
  readonly cardinality: number;
  /** False below lists whose items have no identity: there is no old value to compare with. */
  readonly hasOldSelf: boolean;
}

/**
 * Compiles all rules of a resource's root schema. Throws `SchemaError` with the path of the first rule that does not
 * compile, that uses a function which cannot be evaluated here, or whose cost the API server would refuse (KEP-2876).
 */
export function compileRules(schema: StructuralSchema, kind: string): RuleTree | undefined {
  const compilation: Compilation = { environment: undefined, spent: 0 };
  const tree = compileNode(schema, { path: kind, isRoot: true, cardinality: 1, hasOldSelf: true }, compilation);
  if (compilation.spent > maxCrdCost)
    throw new SchemaError(
      kind,
      `its CEL rules may cost ${compilation.spent} together; the API server allows ${maxCrdCost}`,
    );
  return tree;
}

interface Compilation {
  /** Made for the first rule: most kinds have none, and it takes a few milliseconds. */
  environment: RuleEnvironment | undefined;
  spent: number;
}

function compileNode(schema: StructuralSchema, place: Place, compilation: Compilation): RuleTree | undefined {
  const { path, cardinality } = place;
  const below = (inner: StructuralSchema, segment: string, more: Partial<Place> = {}): RuleTree | undefined =>
    compileNode(inner, { ...place, isRoot: false, path: path + segment, ...more }, compilation);
  const rules = (schema['x-kubernetes-validations'] ?? []).map((source) => ({
    source,
    compiled: compileAt(source.rule, schema, place, compilation),
  }));
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const inner = below(property, `.${name}`);
    return inner === undefined ? [] : [[name, inner] as const];
  });
  const mapKeys = schema['x-kubernetes-list-map-keys'];
  const items =
    schema.items &&
    below(schema.items, '[]', {
      cardinality: cardinality * (schema.maxItems ?? 1),
      hasOldSelf: place.hasOldSelf && mapKeys !== undefined,
    });
  const values =
    schema.additionalProperties &&
    below(schema.additionalProperties, '.*', { cardinality: cardinality * (schema.maxProperties ?? 1) });
  const isEmpty = rules.length + properties.length === 0 && items === undefined && values === undefined;
  return isEmpty ? undefined : { rules, properties: Object.fromEntries(properties), items, values, mapKeys };
}

function compileAt(rule: string, schema: StructuralSchema, place: Place, compilation: Compilation): CompiledRule {
  const { path, isRoot, cardinality, hasOldSelf } = place;
  compilation.environment ??= ruleEnvironment();
  const { environment } = compilation;
  const result = compileRule(rule, { schema, isResource: isRoot, hasOldSelf, environment });
  if (!result.ok) throw new SchemaError(path, `rule ${JSON.stringify(rule)}: ${result.error}`);
  const cost = result.rule.maxCost * cardinality;
  compilation.spent += cost;
  if (cost > maxRuleCost)
    throw new SchemaError(
      path,
      `rule ${JSON.stringify(rule)} may cost ${cost}, the API server allows ${maxRuleCost}; lower the bounds below it`,
    );
  return result.rule;
}

/** What the rules say about a value. Rules about transitions hold when there is no previous value. */
export function ruleErrors(tree: RuleTree, value: unknown, previous: unknown, path = ''): readonly FieldError[] {
  if (value === undefined || value === null) return [];
  const own = tree.rules.flatMap(({ source, compiled }) => {
    const outcome = evaluateRule(
      compiled,
      previous === undefined ? { self: value } : { self: value, oldSelf: previous },
    );
    if ('error' in outcome) return [{ path, message: `rule could not be evaluated: ${outcome.error}` }];
    return outcome.ok ? [] : [{ path: pathOfRule(path, source), message: source.message }];
  });
  if (Array.isArray(value)) return [...own, ...itemErrors(tree, value, previous, path)];
  if (typeof value !== 'object') return own;
  const inside = Object.entries(value).flatMap(([name, inner]) => {
    const branch = Object.hasOwn(tree.properties, name) ? tree.properties[name] : tree.values;
    if (branch === undefined) return [];
    return ruleErrors(branch, inner, ownField(previous, name), appendSegment(path, name));
  });
  return [...own, ...inside];
}

function itemErrors(
  { items, mapKeys }: RuleTree,
  value: readonly unknown[],
  previous: unknown,
  path: string,
): readonly FieldError[] {
  if (items === undefined) return [];
  const olds: readonly unknown[] = Array.isArray(previous) && mapKeys !== undefined ? previous : [];
  const oldByIdentity = new Map(olds.map((item) => [identityOf(item, mapKeys), item]));
  return value.flatMap((item, index) =>
    ruleErrors(items, item, oldByIdentity.get(identityOf(item, mapKeys)), `${path}[${index}]`),
  );
}

function pathOfRule(path: string, { fieldPath = '' }: ValidationRule): string {
  return path === '' ? fieldPath.replace(/^\./u, '') : path + fieldPath;
}

function ownField(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
