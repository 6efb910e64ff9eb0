import type { StructuralSchema } from './structural-schema.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The value with absent fields filled in from the schema's defaults, as the API server does before it validates and
 * when it reads: outer defaults first, so a default object gets the defaults of its own fields. A null where null is
 * not allowed counts as absent. Returns `value` itself when nothing is missing.
 */
export function withDefaults(schema: StructuralSchema, value: unknown): unknown {
  if (Array.isArray(value)) return withItemDefaults(schema.items, value);
  if (typeof value !== 'object' || value === null) return value;
  const given = value as JsonObject;
  const fields = Object.entries(schema.properties ?? {}).map(([name, property]): [string, unknown] => [
    name,
    fieldWithDefaults(property, Object.hasOwn(given, name) ? given[name] : undefined),
  ]);
  const { additionalProperties: values } = schema;
  const free =
    values === undefined
      ? []
      : Object.entries(given).map(([name, inner]): [string, unknown] => [name, withDefaults(values, inner)]);
  const changed = [...fields, ...free].filter(
    ([name, filled]) => filled !== (Object.hasOwn(given, name) ? given[name] : undefined),
  );
  // fromEntries defines properties, so a field called __proto__ stays a field.
  return changed.length === 0 ? value : Object.fromEntries([...Object.entries(given), ...changed]);
}

function fieldWithDefaults(schema: StructuralSchema, present: unknown): unknown {
  const isAbsent = present === undefined || (present === null && schema.nullable !== true);
  return withDefaults(schema, isAbsent && schema.default !== undefined ? schema.default : present);
}

function withItemDefaults(items: StructuralSchema | undefined, value: readonly unknown[]): readonly unknown[] {
  if (items === undefined) return value;
  const filled = value.map((item) => withDefaults(items, item));
  return filled.every((item, index) => item === value[index]) ? value : filled;
}
