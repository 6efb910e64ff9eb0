import type { Correlated } from './correlate.ts';
import type { FieldError } from './field-error.ts';
import type { Json, StructuralSchema } from './structural-schema.ts';

type Check = (value: Json, path: string, old: Correlated | undefined) => readonly FieldError[];

/** `allOf`, `anyOf`, `oneOf` and `not`, with the errors of the alternative that came closest. */
export function compositionCheck(
  schema: StructuralSchema,
  compile: (schema: StructuralSchema) => Check,
): readonly Check[] {
  const checks: Check[] = [];
  if (schema.anyOf !== undefined) checks.push(anyOfCheck(schema.anyOf.map(compile)));
  if (schema.oneOf !== undefined) checks.push(oneOfCheck(schema.oneOf.map(compile)));
  if (schema.allOf !== undefined) {
    const all = schema.allOf.map(compile);
    checks.push((value, path) => {
      const errors = all.flatMap((check) => check(value, path, undefined));
      return errors.length === 0 ? [] : [composition(path, 'must validate all the schemas (allOf)'), ...errors];
    });
  }
  if (schema.not !== undefined) {
    const not = compile(schema.not);
    checks.push((value, path) =>
      not(value, path, undefined).length === 0 ? [composition(path, 'must not validate the schema (not)')] : [],
    );
  }
  return checks;
}

/** These errors name their place in the text only. */
function composition(path: string, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field: '<nil>', body: `Invalid value: "": ${JSON.stringify(path)} ${detail}` };
}

function closest(results: readonly (readonly FieldError[])[]): readonly FieldError[] {
  const [first = [], ...rest] = results;
  return rest.reduce((best, errors) => (errors.length < best.length ? errors : best), first);
}

function anyOfCheck(alternatives: readonly Check[]): Check {
  return (value, path) => {
    const results = alternatives.map((check) => check(value, path, undefined));
    if (results.some((errors) => errors.length === 0)) return [];
    return [composition(path, 'must validate at least one schema (anyOf)'), ...closest(results)];
  };
}

function oneOfCheck(alternatives: readonly Check[]): Check {
  return (value, path) => {
    const results = alternatives.map((check) => check(value, path, undefined));
    const valid = results.filter((errors) => errors.length === 0).length;
    if (valid === 1) return [];
    if (valid > 1) {
      return [composition(path, `must validate one and only one schema (oneOf). Found ${valid} valid alternatives`)];
    }
    return [composition(path, 'must validate one and only one schema (oneOf). Found none valid'), ...closest(results)];
  };
}
