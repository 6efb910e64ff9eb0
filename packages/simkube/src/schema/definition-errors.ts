import { ruleEnvironment, type RuleEnvironment } from '@canaryop/reconcile/cel';
import { jsonEqual } from '../patch/compare.ts';
import { invalidValue, requiredValue, unsupportedValue, type FieldError } from './field-error.ts';
import { listIn, objectIn, textIn } from './json-access.ts';
import { dns1035Problems, subdomainProblems } from './name-rules.ts';
import { schemaRuleErrors } from './schema-rules.ts';
import { conversionErrors, deprecationErrors } from './conversion-validation.ts';
import { structureErrors } from './schema-structure.ts';
import { isJsonObject, type Json, type JsonObject, type StructuralSchema } from './structural-schema.ts';

/**
 * What Kubernetes would refuse about a CustomResourceDefinition: names, versions, schemas, rules, printer columns.
 * The object has its defaults (singular, listKind, conversion). Rules are looked at where the schema below is sound.
 */
export function definitionErrors(
  definition: JsonObject,
  environment: RuleEnvironment = ruleEnvironment(),
): readonly FieldError[] {
  const spec = objectIn(definition, 'spec');
  const versions = listIn(spec, 'versions').filter(isJsonObject);
  return [
    ...groupErrors(textIn(spec, 'group')),
    ...scopeErrors(textIn(spec, 'scope')),
    ...nameErrors(objectIn(spec, 'names')),
    ...objectNameErrors(definition, spec),
    ...versionSetErrors(versions),
    ...versions.flatMap((version, index) => versionErrors(version, `spec.versions[${index}]`)),
    ...conversionErrors(spec),
    ...schemaErrors(versions, environment),
  ];
}

function groupErrors(group: string): readonly FieldError[] {
  if (group === '') return [requiredValue('spec.group')];
  const problems = subdomainProblems(group);
  if (problems.length > 0) return [invalidValue('spec.group', group, problems.join(','))];
  return group.includes('.') ? [] : [invalidValue('spec.group', group, 'should be a domain with at least one dot')];
}

function scopeErrors(scope: string): readonly FieldError[] {
  if (scope === '') return [requiredValue('spec.scope')];
  const scopes = ['Cluster', 'Namespaced'];
  return scopes.includes(scope) ? [] : [unsupportedValue('spec.scope', scope, scopes)];
}

function nameErrors(names: JsonObject): readonly FieldError[] {
  const errors: FieldError[] = ['plural', 'singular', 'kind', 'listKind'].flatMap((key) => {
    const name = textIn(names, key);
    const field = `spec.names.${key}`;
    return name === '' ? [requiredValue(field)] : labelErrors(field, name, key.toLowerCase().endsWith('kind'));
  });
  for (const key of ['shortNames', 'categories']) {
    for (const [index, name] of listIn(names, key).entries()) {
      if (typeof name === 'string') errors.push(...labelErrors(`spec.names.${key}[${index}]`, name, false));
    }
  }
  if (textIn(names, 'kind') !== '' && names['kind'] === names['listKind']) {
    errors.push(invalidValue('spec.names.listKind', names['listKind'], 'kind and listKind may not be the same'));
  }
  return errors;
}

function labelErrors(field: string, name: string, mixedCase: boolean): readonly FieldError[] {
  const problems = dns1035Problems(mixedCase ? name.toLowerCase() : name);
  if (problems.length === 0) return [];
  const lead = mixedCase ? 'may have mixed case, but should otherwise match: ' : '';
  return [invalidValue(field, name, `${lead}${problems.join(',')}`)];
}

function objectNameErrors(definition: JsonObject, spec: JsonObject): readonly FieldError[] {
  const name = textIn(objectIn(definition, 'metadata'), 'name');
  const expected = `${textIn(objectIn(spec, 'names'), 'plural')}.${textIn(spec, 'group')}`;
  return name === expected ? [] : [invalidValue('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
}

function versionSetErrors(versions: readonly JsonObject[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (new Set(versions.map((version) => version['name'])).size < versions.length) {
    errors.push(invalidValue('spec.versions', versions, 'must contain unique version names'));
  }
  if (versions.filter((version) => version['storage'] === true).length !== 1) {
    errors.push(invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version'));
  }
  return errors;
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];

function versionErrors(version: JsonObject, path: string): readonly FieldError[] {
  const name = textIn(version, 'name');
  const problems = dns1035Problems(name);
  const columns = listIn(version, 'additionalPrinterColumns').filter(isJsonObject);
  return [
    ...(problems.length > 0 ? [invalidValue(`${path}.name`, name, problems.join(','))] : []),
    ...deprecationErrors(version, `${path}.deprecationWarning`),
    ...scaleErrors(objectIn(version, 'subresources')['scale'], `${path}.subresources.scale`),
    ...columns.flatMap((column, index) => columnErrors(column, `${path}.additionalPrinterColumns[${index}]`)),
  ];
}

function columnErrors(column: JsonObject, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const type = textIn(column, 'type');
  const rule = `must be one of ${columnTypes.join(',')}`;
  if (textIn(column, 'name') === '') errors.push(requiredValue(`${path}.name`));
  if (type === '') errors.push(requiredValue(`${path}.type`, rule));
  else if (!columnTypes.includes(type)) errors.push(invalidValue(`${path}.type`, type, rule));
  const jsonPath = textIn(column, 'jsonPath');
  if (jsonPath === '') errors.push(requiredValue(`${path}.JSONPath`));
  else if (!jsonPath.startsWith('.'))
    errors.push(invalidValue(`${path}.JSONPath`, jsonPath, 'must be a simple json path starting with .'));
  return errors;
}

const replicasPath = /^\.(?:spec|status)(?:\.[A-Za-z0-9_-]+)+$/u;

function scaleErrors(scale: Json | undefined, path: string): readonly FieldError[] {
  if (!isJsonObject(scale)) return [];
  const errors: FieldError[] = [];
  for (const [key, root] of [
    ['specReplicasPath', '.spec.'],
    ['statusReplicasPath', '.status.'],
  ] as const) {
    const value = textIn(scale, key);
    if (value === '') errors.push(requiredValue(`${path}.${key}`));
    else if (!value.startsWith(root) || !replicasPath.test(value)) {
      errors.push(invalidValue(`${path}.${key}`, value, `should be a json path under ${root.slice(0, -1)}`));
    }
  }
  return errors;
}

function schemaErrors(versions: readonly JsonObject[], environment: RuleEnvironment): readonly FieldError[] {
  const schemas = versions.map((version) => objectIn(version, 'schema')['openAPIV3Schema']);
  // Versions that share one schema keep it in one place internally, and that is where errors point.
  const [first] = schemas;
  if (first !== undefined && schemas.every((schema) => jsonEqual(schema, first))) {
    return errorsOfSchema(first, 'spec.validation.openAPIV3Schema', environment);
  }
  return schemas.flatMap((schema, index) => {
    const path = `spec.versions[${index}].schema.openAPIV3Schema`;
    return schema === undefined ? [requiredValue(path)] : errorsOfSchema(schema, path, environment);
  });
}

function errorsOfSchema(schema: Json, path: string, environment: RuleEnvironment): readonly FieldError[] {
  if (!isJsonObject(schema)) return [requiredValue(path)];
  const structural = schema as StructuralSchema;
  const errors = structureErrors(structural, path);
  const broken = errors.map(({ field }) => field);
  return [...errors, ...schemaRuleErrors(structural, { path, environment, broken })];
}
