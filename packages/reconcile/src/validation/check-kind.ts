import type { CustomKind } from '../crd/define-kind.ts';
import { SchemaError, type StructuralSchema } from '../crd/structural-schema.ts';
import type { KubernetesObject } from '../object/object.ts';
import { kindRules } from './kind-rules.ts';
import { validatorCompiler, type Validator } from './schema-validator.ts';

/**
 * Runs what `defineKind` leaves to whoever generates manifests or tests: throws `SchemaError`, naming the path, for a
 * CEL rule that does not compile or costs more than the API server allows (KEP-2876), and for a default that violates
 * its own schema.
 */
export function checkKind<T extends KubernetesObject>(kind: CustomKind<T>): void {
  kindRules(kind);
  const compile = validatorCompiler();
  for (const part of ['spec', 'status'] as const) {
    const schema = kind.schema.properties?.[part];
    if (schema !== undefined) checkDefaults(schema, `${kind.kind}.${part}`, compile);
  }
}

function checkDefaults(schema: StructuralSchema, path: string, compile: (schema: StructuralSchema) => Validator): void {
  if (schema.default !== undefined) {
    const [error] = compile(schema)(schema.default);
    if (error !== undefined) throw new SchemaError(path, `its default is not valid: ${error.path} ${error.message}`);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    checkDefaults(property, `${path}.${name}`, compile);
  if (schema.items !== undefined) checkDefaults(schema.items, `${path}[]`, compile);
  if (schema.additionalProperties !== undefined) checkDefaults(schema.additionalProperties, `${path}.*`, compile);
}
