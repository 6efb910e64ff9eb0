import { builtinResources, type BuiltinResource } from './builtin-resources.ts';
import { openApiDefinition } from './openapi-definitions.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** A built-in kind that simkube serves. */
export interface BuiltinKind extends BuiltinResource {
  /** Resolved on first access; nodes are shared between kinds. */
  readonly schema: StructuralSchema;
}

/** Every built-in kind, in the order of discovery. Nothing is parsed until a schema is asked for. */
export function builtinKinds(): readonly BuiltinKind[] {
  const definition = openApiDefinition();
  return builtinResources.map((resource) => ({
    ...resource,
    get schema(): StructuralSchema {
      return definition(resource.definition);
    },
  }));
}
