import { duplicateValue, invalidValue, requiredValue, unsupportedValue, type FieldError } from './field-error.ts';
import { fieldIn, listIn, numberIn, textIn } from './json-access.ts';
import type { NameProblems } from './name-rules.ts';
import type { Json } from './structural-schema.ts';

/** A check of one field of an object that stands at a path. */
export interface Field {
  readonly object: Json | undefined;
  readonly key: string;
  /** Path of the object. */
  readonly path: string;
}

const pathOf = ({ path, key }: Field): string => (path === '' ? key : `${path}.${key}`);

/** The field must be there and not empty. */
export function mustExist(field: Field, detail = ''): readonly FieldError[] {
  const value = fieldIn(field.object, field.key);
  const isMissing =
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
  return isMissing ? [requiredValue(pathOf(field), detail)] : [];
}

/** A number must not be below a minimum, where there is one. */
export function mustReach(field: Field, minimum: number): readonly FieldError[] {
  const value = numberIn(field.object, field.key);
  if (value === undefined || value >= minimum) return [];
  const rule = minimum === 0 ? 'must be greater than or equal to 0' : `must be greater than or equal to ${minimum}`;
  return [invalidValue(pathOf(field), value, rule)];
}

/** A string must be one of a few, where there is one. */
export function mustBeOneOf(field: Field, supported: readonly string[]): readonly FieldError[] {
  const value = textIn(field.object, field.key);
  return value === '' || supported.includes(value)
    ? []
    : [unsupportedValue(pathOf(field), value, supported.toSorted())];
}

/** A name must be there and follow its rule. */
export function mustBeName(field: Field, problems: (name: string) => NameProblems): readonly FieldError[] {
  const name = textIn(field.object, field.key);
  return name === ''
    ? [requiredValue(pathOf(field))]
    : problems(name).map((text) => invalidValue(pathOf(field), name, text));
}

/** A port number must be 1 to 65535; zero means that it is missing. */
export function mustBePort(field: Field): readonly FieldError[] {
  const port = numberIn(field.object, field.key) ?? 0;
  if (port === 0) return [requiredValue(pathOf(field))];
  return portErrors(pathOf(field), port);
}

/** Problems of a port number. */
export function portErrors(path: string, port: number): readonly FieldError[] {
  return port >= 1 && port <= 65_535 ? [] : [invalidValue(path, port, 'must be between 1 and 65535, inclusive')];
}

/** The items of a list must differ in a field. */
export function mustDiffer({ object, key, path }: Field, by: string): readonly FieldError[] {
  const seen = new Set<string>();
  return listIn(object, key).flatMap((item, index) => {
    const name = textIn(item, by);
    if (name === '' || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [duplicateValue(`${pathOf({ object, key, path })}[${index}].${by}`, name)];
  });
}
